"""Small files with the layouts of ten public data sets, made by code: names, separators and dates as published."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

N_EVENTS = 1_300
Files = dict[str, dict[str, bytes]]
"""Content by file name, by kind of data set."""


def _rows() -> list[tuple[int, int, datetime]]:
    start = datetime(2024, 3, 1, 7, 5, 9, tzinfo=UTC)
    return [(n * 7 % 60, (n * 11 + n // 7) % 45, start + timedelta(minutes=53 * n)) for n in range(N_EVENTS)]


def _text(lines: list[str], encoding: str = "utf-8", end: str = "\n") -> bytes:
    return (end.join(lines) + end).encode(encoding)


def rees46() -> Files:
    lines = ["event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session"]
    for u, i, t in _rows():
        kind = ("view", "cart", "purchase")[(u + i) % 3]
        lines.append(
            f"{t:%Y-%m-%d %H:%M:%S} UTC,{kind},{1000000 + i},2103807459595387{700 + i % 9},electronics.part{i % 9},"
            f"brand{i % 7},{10 + i}.5,{520000000 + u},{u:04d}aaaa-{t:%d}"
        )
    return {"Interactions": {"2019-Oct.csv": _text(lines)}}


def online_retail() -> Files:
    lines = ["InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"]
    for n, (u, i, t) in enumerate(_rows()):
        date = f"{t.month}/{t.day}/{t.year} {t.hour}:{t.minute:02d}"
        customer = "" if n % 90 == 0 else f"{17000 + u}.0"
        lines.append(
            f'{536000 + n // 3},{i:04d}A,"LANTERN, WHITE {i}",{1 + n % 6},{date},{i / 4:.2f},{customer},France'
        )
    return {"Interactions": {"OnlineRetail.csv": _text(lines, "cp1252", "\r\n")}}


def retailrocket() -> Files:
    lines = ["timestamp,visitorid,event,itemid,transactionid"]
    lines += [f"{int(t.timestamp() * 1000)},{u},{('view', 'addtocart')[i % 2]},{i}," for u, i, t in _rows()]
    return {"Interactions": {"events.csv": _text(lines)}}


def yoochoose() -> Files:
    lines = [f"{u},{t:%Y-%m-%dT%H:%M:%S}.277Z,{214530000 + i},{i % 12}" for u, i, t in _rows()]
    return {"Interactions": {"yoochoose-clicks.dat": _text(lines)}}


def lastfm() -> Files:
    pairs = sorted({(u, i) for u in range(60) for i in range(45) if (u * i) % 2 == 0})[:N_EVENTS]
    lines = ["userID\tartistID\tweight", *(f"{u + 2}\t{i + 51}\t{(u * 37 + i * 11) % 900 + 1}" for u, i in pairs)]
    artists = ["id\tname\turl\tpictureURL"]
    artists += [f"{i + 51}\tDuran {i}\thttp://www.last.fm/music/{i}\thttp://x.net/{i}.jpg" for i in range(45)]
    return {"Interactions": {"user_artists.dat": _text(lines)}, "Items": {"artists.dat": _text(artists)}}


def book_crossing() -> Files:
    pairs = sorted({(u, i) for u in range(60) for i in range(45)})[:N_EVENTS]
    lines = ['"User-ID";"ISBN";"Book-Rating"', *(f'"{276700 + u}";"00342{i:04d}X";"{(u + i) % 11}"' for u, i in pairs)]
    header = '"ISBN";"Book-Title";"Book-Author";"Year-Of-Publication";"Publisher";"Image-URL-S";"Image-URL-M"'
    books = [header]
    for i in range(45):
        books.append(
            f'"00342{i:04d}X";"Caf\xe9 \\"N{i}\\"";"Author {i % 9}";"{1980 + i}";"House {i % 5}";"http://x.com/{i}.jpg";'
            f'"http://x.com/m{i}.jpg"'
        )
    return {
        "Interactions": {"BX-Book-Ratings.csv": _text(lines, "cp1252")},
        "Items": {"BX-Books.csv": _text(books, "cp1252")},
    }


def amazon_reviews() -> Files:
    lines = [
        json.dumps(
            {
                "reviewerID": f"A{u:05d}X",
                "asin": f"{i:010d}",
                "helpful": [0, 1],
                "reviewText": f"Liked it {u}",
                "overall": float(1 + (u + i) % 5),
                "summary": "Good",
                "unixReviewTime": int(t.timestamp()),
                "reviewTime": f"{t:%m} {t.day}, {t.year}",
            }
        )
        for u, i, t in _rows()
    ]
    return {"Interactions": {"reviews.json": _text(lines)}}


def h_and_m() -> Files:
    lines = ["t_dat,customer_id,article_id,price,sales_channel_id"]
    lines += [f"{t:%Y-%m-%d},{u:064x},0{108775000 + i},{0.05 + i / 1000},{1 + i % 2}" for u, i, t in _rows()]
    items = ["article_id,product_code,prod_name,product_type_name,colour_group_name,detail_desc"]
    for i in range(45):
        colour = ("Black", "White")[i % 2]
        items.append(f'0{108775000 + i},0{108775 + i % 9},Strap top {i},Vest,{colour},"Jersey, top"')
    users = ["customer_id,FN,Active,club_member_status,age,postal_code"]
    users += [f"{u:064x},,1.0,ACTIVE,{20 + u},{u * 7:064x}" for u in range(60)]
    return {
        "Interactions": {"transactions_train.csv": _text(lines)},
        "Items": {"articles.csv": _text(items)},
        "Users": {"customers.csv": _text(users)},
    }


def instacart() -> Files:
    orders = ["order_id,user_id,eval_set,order_number,order_dow,order_hour_of_day,days_since_prior_order"]
    lines = ["order_id,product_id,add_to_cart_order,reordered"]
    for n in range(N_EVENTS // 4):
        orders.append(f"{2539000 + n},{n % 60},prior,{1 + n // 60},{n % 7},{n % 24:02d},{n % 30}.0")
        lines += [f"{2539000 + n},{(n * 5 + k * 7) % 45},{k + 1},{k % 2}" for k in range(4)]
    products = ["product_id,product_name,aisle_id,department_id"]
    aisles = ["aisle_id,aisle", *(f"{n},aisle {n}" for n in range(9))]
    products += [f"{i},Organic {i},{i % 9},{i % 4}" for i in range(45)]
    return {
        "Interactions": {"orders.csv": _text(orders), "order_products__prior.csv": _text(lines)},
        "Items": {
            "products.csv": _text(products),
            "aisles.csv": _text(aisles),
        },
    }


def mind() -> Files:
    lines = []
    for n, (u, i, t) in enumerate(_rows()):
        shown = f"N{50000 + i}-1 N{50000 + (i + 3) % 45}-0"
        hour = t.hour % 12 or 12
        half = "PM" if t.hour > 11 else "AM"
        lines.append(
            f"{n + 1}\tU{13700 + u}\t{t.month}/{t.day}/{t.year} {hour}:{t:%M:%S} {half}\tN50001 N50002\t{shown}"
        )
    news = []
    for i in range(45):
        news.append(f"N{50000 + i}\tsports\tnfl{i % 3}\tHeadline {i}\tAbstract of {i}.\thttps://x.msn.com/{i}\t[]\t[]")
    return {"Interactions": {"behaviors.tsv": _text(lines)}, "Items": {"news.tsv": _text(news)}}


LAYOUTS: dict[str, Callable[[], Files]] = {
    "REES46": rees46,
    "Online Retail": online_retail,
    "RetailRocket": retailrocket,
    "Yoochoose": yoochoose,
    "Last.fm": lastfm,
    "Book-Crossing": book_crossing,
    "Amazon reviews": amazon_reviews,
    "H&M": h_and_m,
    "Instacart": instacart,
    "MIND": mind,
}
