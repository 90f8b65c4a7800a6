"""AdamW (Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization") by torch's fused kernel.

torch.optim.AdamW(fused=True) computes the same, and its first step imports torch's compiler (torch._dynamo), which
takes as long as torch itself and is not used here.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import Tensor

MOMENTS = ("step", "exp_avg", "exp_avg_sq")
"""What is kept of each parameter, named as in torch."""
_EPSILON = 1e-8


class AdamW:
    """Updates parameters by their gradients; a parameter without one stays as it is.

    groups: {"params": ..., "weight_decay": ...} each, as torch takes them.
    """

    def __init__(self, groups: Iterable[Mapping[str, Any]], betas: tuple[float, float] = (0.9, 0.999)) -> None:
        self._groups = [(list(group["params"]), float(group["weight_decay"])) for group in groups]
        self._betas = betas
        self._moments = {
            parameter: (
                torch.zeros((), dtype=torch.float32, device=parameter.device),
                torch.zeros_like(parameter, memory_format=torch.preserve_format),
                torch.zeros_like(parameter, memory_format=torch.preserve_format),
            )
            for parameters, _ in self._groups
            for parameter in parameters
        }

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for parameter in self._moments:
            parameter.grad = None

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """Update every parameter that has a gradient, with this learning rate."""
        for parameters, weight_decay in self._groups:
            updated = [parameter for parameter in parameters if parameter.grad is not None]
            if not updated:
                continue
            steps, means, squares = (
                list(moment) for moment in zip(*map(self._moments.__getitem__, updated), strict=True)
            )
            torch._foreach_add_(steps, 1)
            torch._fused_adamw_(
                updated,
                [parameter.grad for parameter in updated if parameter.grad is not None],
                means,
                squares,
                [],
                steps,
                lr=rate,
                beta1=self._betas[0],
                beta2=self._betas[1],
                weight_decay=weight_decay,
                eps=_EPSILON,
                amsgrad=False,
                maximize=False,
            )

    def state(self) -> dict[str, Tensor]:
        """Return the moments as "INDEX.NAME", the index that of the parameter over all groups."""
        return {
            f"{index}.{name}": tensor
            for index, moments in enumerate(self._moments.values())
            for name, tensor in zip(MOMENTS, moments, strict=True)
        }

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Take the moments that state() returned."""
        for name, tensor in self.state().items():
            if name in state:
                tensor.copy_(state[name].reshape(tensor.shape))  # files once gave a single number a dimension
