"""aws-semantic-similarity: texts about the same, items without text, schemas, and answers through boto3."""

import json

import numpy as np
import pytest

from services.engine.errors import JobFailed
from services.engine.recipes.base import SilentProgress, TextColumn, TrainingData, TrainOptions
from services.engine.recipes.registry import load_model, load_recipe
from services.engine.recipes.related.semantic import SemanticModel
from services.engine.testing import ROLE, test_engine, tiny_world, train
from tests.engine.helpers import refused
from tests.engine.recipes.synthetic import histories_of

NAME = "aws-semantic-similarity"
TITLES = ("Night train", "The slow train", "Deep sea", "Whales", "Rails of iron", "Reef", None)
TEXTS = (
    "A detective rides the night train through the alps.",
    "An old engine driver and his last train across the alps.",
    "Divers explore the deep ocean and its whales.",
    "A family follows whales through the ocean.",
    "How the engine and the rails were built across the alps.",
    "Coral and fish of the ocean reef.",
    None,
)


def learn(titles: tuple[str | None, ...] = TITLES, texts: tuple[str | None, ...] = TEXTS) -> SemanticModel:
    columns = (TextColumn("TITLE", titles, is_name=True), TextColumn("PLOT", texts))
    data = TrainingData(histories_of([[0, 1], [1, 2]], len(titles)), item_texts=columns)
    model = load_recipe(NAME).train(data, TrainOptions(), SilentProgress())
    assert isinstance(model, SemanticModel)
    return model


def test_texts_about_the_same_are_near() -> None:
    model = learn()
    assert np.argmax(model.related_scores(0)) in (1, 4)
    assert np.argmax(model.related_scores(2)) in (3, 5)


def test_items_without_text_come_last_and_get_popular_items() -> None:
    model = learn()
    assert np.argsort(-model.related_scores(0))[-2] == 6
    assert np.argmax(model.related_scores(6)) == 1
    assert np.argmax(model.related_scores(None)) == 1


def test_an_item_is_never_its_own_neighbour() -> None:
    model = learn()
    assert all(np.isneginf(model.related_scores(item)[item]) for item in range(7))


def test_model_survives_saving_as_read_only_arrays() -> None:
    model = learn()
    arrays = {name: array.copy() for name, array in model.to_arrays().items()}
    for array in arrays.values():
        array.flags.writeable = False
    loaded = load_model(NAME, arrays, json.loads(json.dumps(model.to_config())))
    assert isinstance(loaded, SemanticModel)
    np.testing.assert_array_equal(loaded.related_scores(0), model.related_scores(0))


def test_without_texts_it_says_what_is_needed() -> None:
    with pytest.raises(JobFailed, match="itemName"):
        load_recipe(NAME).train(TrainingData(histories_of([[0, 1]], 2)), TrainOptions(), SilentProgress())


def test_two_titles_and_a_textual_title_are_refused(tmp_path) -> None:
    with test_engine(tmp_path) as engine:
        personalize = engine.client("personalize")
        for fields, words in (
            ([_field("A", itemName=True), _field("B", itemName=True), _field("C", textual=True)], "itemName"),
            ([_field("A", itemName=True, textual=True)], 'without "textual"'),
        ):
            with refused("InvalidInputException", words):
                personalize.create_schema(name="items", schema=_schema(fields))


def test_a_campaign_answers_from_titles_and_descriptions(tmp_path) -> None:
    with test_engine(tmp_path) as engine:
        world = tiny_world(engine)
        personalize = engine.client("personalize")
        kinds = ("iron rails and engines", "whales of the ocean")
        rows = [f"i{n},Number {n},A tale of {kinds[n % 2]},toys" for n in range(40)]
        items = world.group.replace(":dataset-group/", ":dataset/") + "/ITEMS"
        schema = _schema(
            [_field("TITLE", itemName=True), _field("PLOT", textual=True), _field("KIND", categorical=True)]
        )
        arn = personalize.create_schema(name="texts", schema=schema)["schemaArn"]
        personalize.delete_dataset(datasetArn=items)
        personalize.create_dataset(name="texts", datasetType="Items", datasetGroupArn=world.group, schemaArn=arn)
        engine.objects.put_bytes("s3://shop/texts.csv", "\n".join(["ITEM_ID,TITLE,PLOT,KIND", *rows]).encode())
        personalize.create_dataset_import_job(
            jobName="texts", datasetArn=items, dataSource={"dataLocation": "s3://shop/texts.csv"}, roleArn=ROLE
        )
        _, campaign = train(engine, world.group, NAME, "semantic")
        runtime = engine.client("personalize-runtime")
        answer = runtime.get_recommendations(campaignArn=campaign, itemId="i6", numResults=15)["itemList"]
        assert all(int(item["itemId"][1:]) % 2 == 0 for item in answer)
        assert not any("score" in item for item in answer)


def _field(name: str, **marks: bool) -> dict[str, object]:
    return {"name": name, "type": "string"} | marks


def _schema(fields: list[dict[str, object]]) -> str:
    record = {"type": "record", "name": "Items", "namespace": "com.amazonaws.personalize.schema", "version": "1.0"}
    return json.dumps(record | {"fields": [{"name": "ITEM_ID", "type": "string"}, *fields]})
