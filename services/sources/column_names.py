"""What columns are called, in English, German, French and Spanish: expressions for each role.

Names are compared in lower case, without accents, with underscores between words: "Kunden-Nr." is "kunden_nr".
"""

import re
import unicodedata
from collections.abc import Mapping

_PEOPLE = (
    r"(user|customer|visitor|member|person|client|account|profile|viewer|reviewer|subscriber|buyer|household|consumer|"
    r"kunden?|benutzer|nutzer|kaufer|mitglied|besucher|teilnehmer|utilisateur|acheteur|abonne|usuario|comprador|cliente)"
)
_THINGS = (
    r"(item|product|movie|film|article|track|song|artist|book|content|video|listing|hotel|game|show|offer|material|news|"
    r"place|restaurant|flight|course|job|recipe|anime|artikel|produkt|buch|titel|lied|ware|produit|livre|chanson|"
    r"producto|articulo|pelicula|libro|cancion)"
)
_ID = r"s?_?(id|no|nr|number|num|key|code|uuid|guid|nummer|numero|referenz|ref|identifiant|idx)?"
NAMES: Mapping[str, tuple[str, ...]] = {
    "USER_ID": (
        rf"^{_PEOPLE}{_ID}$",
        r"^(uid|user_?name|e_?mail|(id|numero|no|code)_?(de_)?(client|cliente|utilisateur|usuario))$",
    ),
    "ITEM_ID": (
        rf"^(parent_)?{_THINGS}{_ID}$",
        r"^(iid|sku|(parent_)?asin|isbn\d*|upc|ean|stock_?code|tmdb_?id|reference|material_?nr|"
        r"(id|ref|code)_?(de_)?(produit|article|producto|articulo))$",
    ),
    "ITEM_IDS": (
        rf"^{_THINGS}(s|_?ids|_?liste?|en)$",
        r"^(basket|cart|warenkorb|panier|carrito|sku_?s|asins|impressions)(_?(items|content|ids|inhalt))?$",
    ),
    "TIMESTAMP": (
        r"^(timestamp|ts|unix_?time|epoch)(_?(s|ms|utc))?$|^unix_?review_?time$",
        r"(time|date|datum|zeit|fecha|hora|horodatage|heure|_at$|_on$|when|(^|_)day$|(^|_)tag$|(^|_)dat$|^t_dat$)",
    ),
    "EVENT_TYPE": (
        r"^(event|interaction|action|ereignis|aktion|evenement|evento|accion)(_?(type|name|typ|tipo|art))?$",
        r"^(behaviou?r|type|verb|activity|vorgang|bestellart|belegart|tipo)(_?type)?$|^(status|order_?status|bestellstatus)$",
    ),
    "EVENT_VALUE": (
        r"^(event_?value|rating|stars|score|overall|book_?rating|bewertung|sterne|note|puntuacion|valoracion)$",
        r"^(quantity|qty|weight|value|plays?|(play_?|listen_?)?count|dwell.*|menge|anzahl|stuck|quantite|cantidad|"
        r"reordered)$",
    ),
    "TITLE": (
        r"^(title|titel|titre|titulo|.*_title|(product|item|book|artikel|produkt)_?name|name|headline|nom|nombre|prod_name|"
        r"(artikel|produkt)?_?bezeichnung|designation|libelle)$",
        r"(title|titel|_name$|bezeichnung)",
    ),
    "YEAR": (r"^(year|jahr|annee|ano|release_?year|.*_(year|jahr))$", r"(year|jahr|year_of)"),
    "CATEGORY": (
        r"^(genres?|categor(y|ies)(_?l?\d)?|department|topics?|tags?|kategorie|warengruppe|rubrik|sparte|categorie|rayon|"
        r"categoria|genero)$",
        r"(genre|categor|kategori|warengrupp|tag$|tags$|topic|brand|marke|style|author|autor|publisher|verlag|auteur|"
        r"product_group|department|section|colour_group|cuisine)",
    ),
    "IMAGE": (
        r"^(image|img|poster|picture|thumbnail|cover|photo|bild|foto|imagen)(_?ur[li])?$",
        r"(image|poster|thumbnail|cover|picture|bild_|_bild)",
    ),
    "CREATION_TIMESTAMP": (
        r"^creation_?timestamp$",
        r"^(created|added|available|published|release|gelistet|verfugbar|erschienen)(_?(at|on|date|from|seit|am|since))?$",
    ),
    "TEXT": (
        r"^(description|plot|summary|overview|abstract|body|text|synopsis|beschreibung|descripcion)$",
        r"(description|summary|text|beschreib|detail_desc)",
    ),
    "NAME": (
        r"^(name|full_?name|display_?name|user_?name|nick_?name|nachname|nom|nombre|anzeigename)$",
        r"name$",
    ),
    "SESSION": (
        r"^(user_?|web_?)?(session|sitzung|visit|besuch)_?(id|key|nr|no)?$",
        r"^(order|invoice|basket|transaction|bestell|rechnungs?|beleg|bon|commande|facture|pedido|factura)_?"
        r"(id|no|nr|number|nummer)?$",
    ),
}
"""Two expressions for each role: names that are it, and names that may be."""
NO_TIME = re.compile(r"(_|^)(id|no|nr|number|code|key|ean|upc|isbn|sku|zip|plz|phone|hash)$|(session|order|invoice)")
"""Names of columns whose long numbers are no times, whatever they look like."""


def plain(name: str) -> str:
    """Return a name as the expressions compare it: "Kunden-Nr." -> "kunden_nr", "movieId" -> "movie_id"."""
    apart = unicodedata.normalize("NFKD", name.replace("ß", "ss"))
    letters = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", letters).lower()).strip("_")
