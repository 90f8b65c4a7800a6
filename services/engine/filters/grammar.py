"""The grammar of filter expressions, which is also their reference.

It puts together what AWS documents in pieces (Amazon Personalize developer guide, "Filter expression structure and
elements", "Filter expression operators", and its pages of examples). Where AWS is silent, here and in filters/rules.py:
keywords and names ignore case; AND binds closer than OR; a placeholder may be between quotes or in parentheses.
"""

GRAMMAR = r"""
// A chain of expressions. Each is evaluated alone against all items. With I, the union of what the INCLUDEs give, and
// E, the union of what the EXCLUDEs give: I, all but E, or I without E. The order makes no difference.
start: expression ("|" expression)*

// INCLUDE ItemID WHERE Items.GENRE IN ("comedy") AND Items.PRICE < 20 IF CurrentUser.AGE >= 18
expression: ACTION TARGET WHERE alternatives [IF user_conditions]

alternatives: conditions (OR conditions)*
conditions: condition (AND condition)*
user_conditions: user_condition (AND user_condition)*

// All conditions of an expression are about one dataset. Of interactions only the event type can be tested; they are
// those of the current user.
condition: field membership | field comparison
user_condition: user_field membership | user_field comparison
field: DATASET "." NAME
user_field: CURRENT_USER "." NAME

// Sets: ("comedy", "drama"), ($GENRES), ("*") for any event type, or what the current item has.
// No placeholder stands with NOT IN.
membership: (IN | NOT_IN) "(" entry ("," entry)* ")"
          | (IN | NOT_IN) current_item
entry: TEXT | PARAMETER | ANYTHING

// One value: 20, "gold", $MAX, ($MAX), CurrentItem.PRICE. < <= > >= are for numbers.
comparison: COMPARISON value | COMPARISON "(" PARAMETER ")"
value: NUMBER | TEXT | PARAMETER | current_item
current_item: CURRENT_ITEM "." NAME

ACTION: /(INCLUDE|EXCLUDE)\b/i
TARGET: /(ItemID|UserID|ActionID)\b/i
WHERE: /WHERE\b/i
IF: /IF\b/i
AND: /AND\b/i
OR: /OR\b/i
IN: /IN\b/i
NOT_IN: /NOT\s+IN\b/i
DATASET: /(Interactions|Items|Users|Action_Interactions|Actions)\b/i
CURRENT_USER: /CurrentUser\b/i
CURRENT_ITEM: /CurrentItem\b/i
NAME: /[A-Za-z_][A-Za-z0-9_]*/
COMPARISON: /!=|<=|>=|=|<|>/
NUMBER: /[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?/
TEXT: /"([^"\\]|\\.)*"/
PARAMETER: /\$[A-Za-z0-9_]+/
ANYTHING: "*"

%ignore /\s+/
"""

WORDS = {
    "ACTION": "INCLUDE or EXCLUDE",
    "TARGET": "ItemID, UserID or ActionID",
    "DATASET": "a dataset (Interactions, Items, Users, Actions or Action_Interactions)",
    "CURRENT_USER": "CurrentUser",
    "CURRENT_ITEM": "CurrentItem",
    "NAME": "the name of a field",
    "NOT_IN": "NOT IN",
    "COMPARISON": "one of = != < <= > >=",
    "NUMBER": "a number",
    "TEXT": 'a text in double quotes such as "comedy"',
    "PARAMETER": "a placeholder such as $GENRES",
    "ANYTHING": '"*"',
    "DOT": '"."',
    "COMMA": '","',
    "LPAR": '"("',
    "RPAR": '")"',
    "VBAR": '"|"',
    "$END": "the end",
}
"""What messages call the terminals; the others are called by their names."""
