"""One user's shop window: the lists behind its rows, asked when a row needs them, now and before the last click."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from pages.components import answers, loaded, process
from pages.components.loaded import OpenData
from pages.components.storefront import clicks
from services.errors import ServiceError
from services.filters.request import Narrowing
from services.lists.reasons import Reason
from services.lists.traits import Traits
from services.other_lists.kept import UPLOADED
from services.personalize import asking
from services.personalize.calls import ApiCall
from services.personalize.campaigns import Campaign
from services.screens.storefront import changes, sentences, shop
from services.screens.storefront.changes import Change
from services.screens.storefront.rows import BECAUSE, CONTINUE, FOR_ALL, FOR_YOU, USUAL, Row
from services.screens.storefront.shop import N_PLACES, Shelf, Shopper, Stock

N_REASONS = 25
"""Places of the list whose reasons say what the causes are."""
FIRST_ROW = next(row.n_items for row in USUAL if row.kind == FOR_YOU)
"""Places of the list that a promotion has its share of."""


@dataclass
class Window:
    """What one user sees."""

    letter: str
    user_id: str
    opened: OpenData
    group: str
    stock: Stock
    narrowing: Narrowing
    calls: list[ApiCall] = field(default_factory=list)
    shelves: list[Shelf] = field(default_factory=list)
    """The rows so far."""
    earlier: list[Shelf] = field(default_factory=list)
    """The same before the last click; without one none."""
    _shoppers: dict[str, tuple[Shopper, Shopper | None]] = field(default_factory=dict)
    _causes: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def who(self) -> str:
        """What sentences call the user."""
        return self.opened.people.short(self.user_id)

    @property
    def tastes(self) -> tuple[str, ...]:
        """The user's tastes, strongest first."""
        return self.opened.tastes.top(self.opened.data.counted_history(self.user_id))

    @property
    def clicked(self) -> tuple[str, ...]:
        """What was clicked, newest first."""
        return clicks.of(self.user_id)[::-1]

    def shelf(self, row: Row, campaign: Campaign) -> Shelf | None:
        """Return a row, and note it: of a kind with several causes, the strongest one that has no row yet."""
        now, before = self._known(campaign)
        made = self._made(row, campaign, now, self.shelves)
        if before is not None:
            self._made(row, campaign, before, self.earlier)
        return made

    def changes_of(self, shelf: Shelf, *, traits: Traits) -> dict[str, Change]:
        """Return what the last click changed in a row, by item; {} without a click, and in what everybody gets."""
        if not self.clicked or shelf.kind in FOR_ALL:
            return {}
        return changes.changes(self.earlier, shelf, self.clicked[0], self.who, self.opened.catalog, traits)

    def ask(self, campaign: Campaign) -> None:
        """Ask the campaign for the long list, unless that was done. Raises ServiceError."""
        self._known(campaign)

    def neighbours(self, item_id: str, campaign: Campaign) -> tuple[str, ...]:
        """Return an item's neighbours in the user's order. Raises ServiceError."""
        shopper, _ = self._known(campaign)
        return shop.in_order(self.stock.neighbours(item_id), shopper)

    def place_words(self, item_id: str, campaign: Campaign) -> str:
        """Return where an item is in the user's list, in words. Raises ServiceError."""
        shopper, _ = self._known(campaign)
        return sentences.place(self.who, item_id, shopper, self.opened.data.words)

    def _made(self, row: Row, campaign: Campaign, shopper: Shopper, into: list[Shelf]) -> Shelf | None:
        shown = {item_id for shelf in into if shelf.kind not in (*FOR_ALL, CONTINUE) for item_id in shelf.item_ids}
        causes = self._left(campaign, shopper, into) if row.kind == BECAUSE else ("",)
        rows = (shop.shelf_of(row, self.who, shopper, self.stock, shown, cause) for cause in causes)
        made = next((shelf for shelf in rows if shelf is not None), None)
        if made is not None:
            into.append(made)
        return made

    def _known(self, campaign: Campaign) -> tuple[Shopper, Shopper | None]:
        """Return the user as the campaign knows them, now and before the last click. Raises ServiceError."""
        if campaign.arn not in self._shoppers:
            self._shoppers[campaign.arn] = self._ask(campaign)
        return self._shoppers[campaign.arn]

    def _ask(self, campaign: Campaign) -> tuple[Shopper, Shopper | None]:
        data, clicked, narrowed = self.opened.data, self.clicked, self.narrowing.filter is not None
        history = data.history(self.user_id)
        if campaign.recipe == UPLOADED:  # nobody can ask it, so no click changes it
            uploaded = loaded.uploaded_list(self.group, campaign, self.user_id)
            shopper = shop.shopper_of(uploaded, history, data.event_type, clicked, narrowed=narrowed)
            return shopper, shopper if clicked else None
        promoted = self._promoted(campaign)
        if not clicked:
            more = self.narrowing.without_promotion.members
            call = asking.recommend(process.backend(), campaign, self.user_id, N_PLACES, more=more)
            self.calls.append(call)
            ids = asking.item_ids(call)
            return shop.shopper_of(ids, history, data.event_type, narrowed=narrowed, promoted=promoted), None
        replay = clicks.replay(self.group, campaign, data, self.user_id, clicked[::-1], self.narrowing.filter)
        if replay.error is not None:
            raise replay.error
        if not replay.done:
            raise ServiceError("Timeout", f"{self.who}'s copy has not got its clicks yet.", "Ask again in a moment.")
        *_, before, after = replay.steps
        self.calls += [call for call in (after.put, after.answer.call) if call is not None and replay.sends]
        of = partial(shop.shopper_of, narrowed=narrowed, promoted=promoted)
        return (
            of(after.answer.deep, history, data.event_type, clicked),
            of(before.answer.deep, history, data.event_type, clicked[1:]),
        )

    def _promoted(self, campaign: Campaign) -> dict[int, str]:
        """Return the promoted items by their place in a first row; the user's own, also while a copy clicks."""
        narrowing = self.narrowing.for_recipe(campaign.recipe)
        if narrowing.promotion is None:
            return {}
        call = asking.recommend(process.backend(), campaign, self.user_id, FIRST_ROW, more=narrowing.members)
        self.calls.append(call)
        items = call.response["itemList"]
        return {at: str(item["itemId"]) for at, item in enumerate(items) if item.get("promotionName")}

    def _reasons(self, campaign: Campaign) -> Mapping[str, Reason]:
        call = asking.recommend(process.backend(), campaign, self.user_id, N_REASONS)
        return answers.reasons_of(self.opened, campaign, self.user_id, tuple(asking.item_ids(call)))

    def _left(self, campaign: Campaign, shopper: Shopper, into: list[Shelf]) -> tuple[str, ...]:
        """Return the causes that have no row yet, strongest first; one that leads to nothing leaves it to the next."""
        used = {shelf.cause for shelf in into if shelf.kind == BECAUSE}
        return tuple(cause for cause in self._causes_of(campaign, shopper) if cause not in used)

    def _causes_of(self, campaign: Campaign, shopper: Shopper) -> tuple[str, ...]:
        """Return the causes of the user's own list, after what was clicked."""
        if campaign.arn not in self._causes:
            reasons = self._reasons(campaign) if campaign.personal else {}
            self._causes[campaign.arn] = shop.causes(reasons, Shopper((), shopper.history), shop.N_CAUSES)
        mine: Mapping[str, None] = dict.fromkeys([*shopper.clicked, *self._causes[campaign.arn]])
        return tuple(mine)
