"""The recurrent layer: a GRU over packed sequences with a session gate and a hand-written backward pass.

GRU: Cho et al. 2014, in the form of torch.nn.GRU. Before a step that begins a session, each unit keeps a learned share
of its state, so that some units represent the session and others the whole history: the session and user levels of the
hierarchical network (Quadrana et al. 2017; Ma et al. 2018, 2020) in one layer. The backward pass computes everything
that does not depend on the next step for all steps at once, which leaves four small operations per step; gradients stop
every bptt steps.
"""

from typing import Any

import torch
from torch import Tensor


class SessionGru(torch.autograd.Function):
    """Apply with (gates_in, w_h, b_n, shares, sizes, previous, gated_steps, bptt) -> states (n, h), packed order."""

    @staticmethod
    def forward(
        ctx: Any,
        gates_in: Tensor,
        w_h: Tensor,
        b_n: Tensor,
        shares: Tensor,
        sizes: list[int],
        previous: Tensor,
        gated_steps: list[bool],
        bptt: int,
    ) -> Tensor:
        """Run all steps.

        gates_in (n, 3h): the inputs' part of the reset, update and candidate gates, biases included. w_h (h, 3h). b_n
        (h): the candidate's bias on the state's side. shares (n, h): share of the state before an event that is kept.
        gated_steps: whether a lane of each step begins a session; at other steps shares is 1 and is ignored.
        """
        n, h = gates_in.shape[0], w_h.shape[0]
        lanes = sizes[0]
        states = gates_in.new_zeros(lanes + n, h)  # the lanes' initial zeros, then one row per token
        from_state = gates_in.new_empty(n, 3 * h)
        update_reset = gates_in.new_empty(n, 2 * h)
        candidate = gates_in.new_empty(n, h)
        bias = torch.cat([b_n.new_zeros(2 * h), b_n])

        in_gates, in_candidate = torch.split(gates_in[:, : 2 * h], sizes), torch.split(gates_in[:, 2 * h :], sizes)
        side, side_gates = torch.split(from_state, sizes), torch.split(from_state[:, : 2 * h], sizes)
        side_candidate = torch.split(from_state[:, 2 * h :], sizes)
        both = torch.split(update_reset, sizes)
        reset, update = torch.split(update_reset[:, :h], sizes), torch.split(update_reset[:, h:], sizes)
        new, out, share = torch.split(candidate, sizes), torch.split(states[lanes:], sizes), torch.split(shares, sizes)
        before, running = states[:lanes], lanes
        for t, m in enumerate(sizes):
            state = before if running == m else before[:m]  # (m, h)
            if gated_steps[t]:
                state = state * share[t]
            torch.addmm(bias, state, w_h, out=side[t])  # (m, 3h)
            torch.add(in_gates[t], side_gates[t], out=both[t])
            both[t].sigmoid_()
            torch.addcmul(in_candidate[t], reset[t], side_candidate[t], out=new[t])
            new[t].tanh_()
            torch.lerp(new[t], state, update[t], out=out[t])  # new + update * (state - new)
            before, running = out[t], m
        ctx.save_for_backward(w_h, shares, states, from_state, update_reset, candidate, previous)
        ctx.sizes, ctx.gated_steps, ctx.bptt = sizes, gated_steps, bptt
        return states[lanes:]

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Any, ...]:
        """Return the gradients of gates_in, w_h, b_n and shares."""
        w_h, shares, states, from_state, update_reset, new, previous = ctx.saved_tensors
        sizes, gated_steps, bptt = ctx.sizes, ctx.gated_steps, ctx.bptt
        n, h = new.shape
        reset, update = update_reset[:, :h], update_reset[:, h:]
        before = states[previous]  # (n, h): the state before each step and its gate
        kept = before * shares

        # d(gate inputs) = slope * d(state), for all steps at once
        slope_new = (1 - update) * (1 - new * new)
        slopes = torch.stack(
            [
                slope_new * from_state[:, 2 * h :] * reset * (1 - reset),
                (kept - new) * update * (1 - update),
                slope_new * reset,
            ],
            dim=1,
        )  # (n, 3, h)
        d_state = gradients[0].clone()
        d_side = torch.empty_like(slopes)
        d_shares = torch.zeros_like(before)
        carry = d_state.new_zeros(sizes[0], h)
        to_state = w_h.t().contiguous()
        d_states, d_columns = torch.split(d_state, sizes), torch.split(d_state.unsqueeze(1), sizes)
        d_sides, slope_steps = torch.split(d_side, sizes), torch.split(slopes, sizes)
        updates, flat_sides = torch.split(update, sizes), torch.split(d_side.view(n, 3 * h), sizes)
        share, d_share, befores = (torch.split(x, sizes) for x in (shares, d_shares, before))
        back: Tensor | None = None  # gradient from step t + 1 for the lanes that it contains
        running = 0  # number of these lanes
        for t in range(len(sizes) - 1, -1, -1):
            m, d = sizes[t], d_states[t]
            if back is not None:
                (d if running == m else d[:running]).add_(back)
            torch.mul(slope_steps[t], d_columns[t], out=d_sides[t])
            if t % bptt == 0:  # truncate after the session gate, which learns from the other steps
                back = None
                continue
            back, running = carry if m == sizes[0] else carry[:m], m
            torch.mul(d, updates[t], out=back)
            back.addmm_(flat_sides[t], to_state)
            if gated_steps[t]:
                torch.mul(back, befores[t], out=d_share[t])
                back.mul_(share[t])
        flat = d_side.view(n, 3 * h)
        d_in = flat.clone()
        torch.mul(d_state, slope_new, out=d_in[:, 2 * h :])
        return d_in, kept.t() @ flat, flat[:, 2 * h :].sum(0), d_shares, None, None, None, None
