"""One application of Flask-Migrate, whose migrations Alembic writes itself by comparing models and database.

MODELS is first or next.
"""

import datetime
import decimal
import json
import os

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
db = SQLAlchemy(app)
Migrate(app, db, render_as_batch=False)
NEXT = os.environ.get("MODELS") == "next"


class Author(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(80), nullable=False)
    email = db.Column(db.String(120), nullable=False, unique=True)


class Post(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    slug = db.Column(db.String(100), nullable=False, unique=not NEXT)
    title = db.Column(db.String(100), nullable=False, index=True)
    body = db.Column(db.Text)
    views = db.Column(db.Integer, nullable=False, index=not NEXT)
    published = db.Column(db.Boolean, nullable=False)
    created = db.Column(db.DateTime)
    price = db.Column(db.Numeric(8, 2))
    author_id = db.Column(db.ForeignKey("author.id", ondelete="CASCADE"), nullable=False)
    if NEXT:
        subtitle = db.Column(db.String(100))
        editor_id = db.Column(db.Integer)
    else:
        legacy = db.Column(db.Integer)
        editor_id = db.Column(db.ForeignKey("author.id"))


def answer(word):
    """A command that prints JSON."""
    return lambda run: app.cli.command(word)(lambda: print(json.dumps(run())))


@answer("fill")
def fill():
    people = [Author(name=f"Zoë {n}", email=f"{n}@example.org") for n in range(5)]
    db.session.add_all(people)
    db.session.flush()
    for number in range(20):
        db.session.add(
            Post(
                slug=f"slug-{number}",
                title=f"Title {number}",
                body="line\nline",
                legacy=number,
                views=number * 3,
                published=number % 2 == 0,
                created=datetime.datetime(2024, 2, 29, 12, 34, 56, 789000),
                price=decimal.Decimal("12.50"),
                author_id=people[number % 5].id,
                editor_id=people[0].id if number % 3 else None,
            )
        )
    db.session.commit()


@answer("show")
def show():
    names = ("id", "slug", "title", "views", "published", "created", "price", "author_id", "editor_id")
    return [
        {name: str(getattr(post, name)) for name in names} for post in Post.query.order_by(Post.id).all()
    ]


@answer("use")
def use():
    writer = Author(name="New", email="new@example.org")
    db.session.add(writer)
    db.session.flush()
    for _ in range(2):
        db.session.add(
            Post(slug="slug-1", title="Same", views=1, published=True, author_id=writer.id, editor_id=999)
        )
    db.session.commit()
    return [Post.query.count(), Post.query.filter_by(slug="slug-1").count(), writer.id]
