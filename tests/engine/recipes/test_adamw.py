"""AdamW gives torch's own results, without torch's compiler."""

import sys

import pytest
import torch

from services.engine.recipes.adamw import AdamW
from services.engine.recipes.base import SilentProgress, TrainingData, TrainOptions
from services.engine.recipes.hyperparameters import complete
from services.engine.recipes.registry import find, load_recipe
from tests.engine.recipes.synthetic import categorical, checkerboard


def test_updates_are_those_of_torch():
    ours, theirs = ([torch.linspace(-1, 1, n).requires_grad_() for n in (6, 4, 3)] for _ in range(2))
    groups = [[{"params": p[:1], "weight_decay": 0.01}, {"params": p[1:], "weight_decay": 0.0}] for p in (ours, theirs)]
    optimizer, reference = (
        AdamW(groups[0], betas=(0.9, 0.98)),
        torch.optim.AdamW(groups[1], betas=(0.9, 0.98), fused=True),
    )
    for step in range(5):
        for parameters in (ours, theirs):
            (
                parameters[0].square().sum() + (step + 1) * parameters[1].exp().sum()
            ).backward()  # the third has no gradient
        for group in reference.param_groups:
            group["lr"] = 0.1 / (step + 1)
        reference.step()
        reference.zero_grad()
        optimizer.step(0.1 / (step + 1))
        optimizer.zero_grad()
    for one, other in zip(ours, theirs, strict=True):
        assert torch.equal(one, other)
    for index, moments in reference.state_dict()["state"].items():
        for name, tensor in moments.items():
            assert torch.equal(optimizer.state()[f"{index}.{name}"], tensor)


@pytest.mark.parametrize("recipe", ["aws-hrnn", "aws-hrnn-metadata", "aws-user-personalization"])
def test_a_training_does_not_load_the_compiler_of_torch(recipe, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch._dynamo", None)  # to import it fails from here on
    values = complete(recipe, find(recipe).hyperparameters, {"epochs": "1"})
    histories = checkerboard()
    kinds = categorical("KIND", [[f"kind {item % 2}"] for item in range(histories.n_items)])
    assert load_recipe(recipe).train(TrainingData(histories, (kinds,)), TrainOptions(values, 0), SilentProgress())
