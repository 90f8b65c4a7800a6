"""The series of the demo's films and the order of their parts, by title.

Parts are numbered by year of release, the order in which viewers watch them.
"""

import pandas as pd

PATTERNS = {
    "Star Trek": r"^Star Trek\b",
    "Star Wars": r"^Star Wars\b",
    "Alien": r"^(?:Alien|Aliens|Alien³|Alien: Resurrection)$",
    "Planet of the Apes": r"Planet of the Apes$",
    "The Terminator": r"^(?:The Terminator|Terminator 2)",
    "Predator": r"^Predator",
    "Robocop": r"^Robocop",
    "Mad Max": r"^(?:Mad Max|The Road Warrior)",
    "Back to the Future": r"^Back to the Future",
    "Halloween": r"^Halloween",
    "Friday the 13th": r"Friday the 13th|Jason Goes to Hell",
    "A Nightmare on Elm Street": r"Nightmare on Elm Street|^Freddy's Dead|^New Nightmare|Wes Craven's New",
    "Hellraiser": r"^(?:Hellraiser|Hellbound)",
    "Child's Play": r"^(?:Child's Play|Bride of Chucky)",
    "Children of the Corn": r"^Children of the Corn",
    "Amityville": r"Amityville",
    "Poltergeist": r"^Poltergeist",
    "The Omen": r"^(?:The Omen|Damien: Omen)",
    "The Exorcist": r"Exorcist",
    "Psycho": r"^Psycho(?: II| III)?$",
    "Jaws": r"^Jaws",
    "Scream": r"^Scream(?: 2| 3)?$",
    "The Howling": r"^(?:The )?Howling",
    "Candyman": r"^Candyman",
    "House": r"^House(?: II|$)",
    "Gremlins": r"^Gremlins",
    "Indiana Jones": r"^(?:Indiana Jones|Raiders of the Lost Ark)",
    "The Godfather": r"^The Godfather",
    "Rocky": r"^Rocky(?: II| III| IV| V)?$",
    "Rambo": r"^(?:Rambo|First Blood)",
    "Die Hard": r"^Die Hard",
    "Lethal Weapon": r"^Lethal Weapon",
    "Beverly Hills Cop": r"^Beverly Hills Cop",
    "Batman": r"^Batman(?: Returns| Forever| & Robin)?$",
    "Superman": r"^Superman",
    "Highlander": r"^Highlander",
    "Young Guns": r"^Young Guns",
    "Dollars": r"^(?:A Fistful of Dollars|For a Few Dollars More|The Good, the Bad and the Ugly)$",
    "Crocodile Dundee": r"^Crocodile Dundee",
    "The Karate Kid": r"Karate Kid",
    "Police Academy": r"^Police Academy",
    "The Naked Gun": r"^The Naked Gun|^Naked Gun",
    "Ghostbusters": r"^Ghostbusters",
    "Wayne's World": r"^Wayne's World",
    "Ace Ventura": r"^Ace Ventura",
    "Austin Powers": r"^Austin Powers",
    "Airplane": r"^Airplane",
    "Meatballs": r"^Meatballs",
    "Porky's": r"^Porky's",
    "Caddyshack": r"^Caddyshack",
    "Home Alone": r"^Home Alone",
    "Problem Child": r"^Problem Child",
    "Honey, I Shrunk the Kids": r"^Honey, I (?:Shrunk|Blew)",
    "Free Willy": r"^Free Willy",
    "The Mighty Ducks": r"Mighty Ducks",
    "The Muppets": r"Muppet",
    "Herbie": r"^Herbie|^The Love Bug",
    "Toy Story": r"^Toy Story",
    "The Rescuers": r"^The Rescuers",
    "Fantasia": r"^Fantasia",
    "Aladdin": r"^Aladdin",
    "The Land Before Time": r"^The Land Before Time",
    "Father of the Bride": r"^Father of the Bride",
    "Grumpy Old Men": r"^Grump(?:y|ier) Old Men",
    "Sister Act": r"^Sister Act",
    "City Slickers": r"^City Slickers",
}


def find_series(films: pd.DataFrame) -> pd.DataFrame:
    """Return the columns SERIES and PART (nullable integer) for films with TITLE and YEAR; both empty outside."""
    found = pd.DataFrame({"SERIES": pd.Series(None, index=films.index, dtype="str"), "PART": pd.NA})
    for name, pattern in PATTERNS.items():
        rows = films.index[films["TITLE"].str.contains(pattern) & found["SERIES"].isna()]
        if len(rows) < 2:
            continue
        ordered = films.loc[rows].sort_values(["YEAR", "TITLE"], kind="stable").index
        found.loc[ordered, "SERIES"] = name
        found.loc[ordered, "PART"] = range(1, len(ordered) + 1)
    return found.astype({"PART": "Int64"})
