"""Settings: who answers, what is missing there, what it costs, and what the explorer made."""

from pages.components.settings import account, head, money, own

where = head.draw()
head.choose(where)
if where.is_aws:
    account.draw()
money.draw(where)
if where.is_aws:
    own.draw()
