"""Settings: who answers, what is missing there, what it costs, moving a group, and what the explorer made."""

from pages.components.settings import account, head, money, moving, own

where = head.draw()
head.choose(where)
if where.is_aws:
    account.draw()
money.draw(where)
moving.draw(where)
if where.is_aws:
    own.draw()
