"""The tables of the todo list."""

from datetime import datetime, timezone

from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()


def now():
    """The time in UTC, as both databases keep it: without a zone."""
    return datetime.now(timezone.utc).replace(tzinfo=None)


class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(80), nullable=False, unique=True)
    joined_at = db.Column(db.DateTime, nullable=False, default=now)
    todos = db.relationship("Todo", back_populates="user", cascade="all, delete-orphan")


class Category(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(50), nullable=False, unique=True)
    colour = db.Column(db.String(7), nullable=False, default="#4a5568")
    todos = db.relationship("Todo", back_populates="category")


class Todo(db.Model):
    __table_args__ = (db.UniqueConstraint("user_id", "title", name="uq_todo_user_title"),)

    id = db.Column(db.Integer, primary_key=True)
    title = db.Column(db.String(200), nullable=False)
    notes = db.Column(db.Text, nullable=False, default="")
    done = db.Column(db.Boolean, nullable=False, default=False, index=True)
    due = db.Column(db.Date)
    created_at = db.Column(db.DateTime, nullable=False, default=now)
    done_at = db.Column(db.DateTime)
    user_id = db.Column(db.ForeignKey("user.id", ondelete="CASCADE"), nullable=False, index=True)
    category_id = db.Column(db.ForeignKey("category.id", ondelete="SET NULL"))
    user = db.relationship("User", back_populates="todos")
    category = db.relationship("Category", back_populates="todos")
