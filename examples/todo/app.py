"""A todo list for a few people, on SQLite or PostgreSQL, whichever DATABASE_URL names."""

import os
from datetime import date

from flask import Blueprint, Flask, abort, redirect, render_template, request, url_for
from sqlalchemy.exc import IntegrityError

from models import Category, Todo, User, db, now

pages = Blueprint("pages", __name__)


def create_app():
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = database_url(os.environ.get("DATABASE_URL"))
    app.register_blueprint(pages)
    db.init_app(app)
    with app.app_context():
        db.create_all()
    return app


def database_url(url):
    """Hosting services still hand out postgres://, which SQLAlchemy no longer reads."""
    url = url or "sqlite:///todo.db"
    return "postgresql://" + url[len("postgres://") :] if url.startswith("postgres://") else url


@pages.get("/")
def people():
    return people_page()


@pages.post("/users")
def add_user():
    name = required("name", 80)
    if not name:
        return people_page("A name is needed, of at most 80 characters."), 400
    user = User(name=name)
    if not saved(user):
        return people_page(f"There is a {name} already."), 409
    return redirect(url_for("pages.todos", user_id=user.id))


@pages.get("/users/<int:user_id>")
def todos(user_id):
    return todos_page(one(User, user_id))


@pages.post("/users/<int:user_id>/todos")
def add_todo(user_id):
    user = one(User, user_id)
    title = required("title", 200)
    if not title:
        return todos_page(user, "A title is needed, of at most 200 characters."), 400
    try:
        due = date.fromisoformat(request.form["due"]) if request.form.get("due") else None
    except ValueError:
        return todos_page(user, "The day is not a date."), 400
    category = request.form.get("category_id", type=int)
    todo = Todo(
        user_id=user.id,
        title=title,
        notes=request.form.get("notes", "").strip(),
        due=due,
        category_id=category and one(Category, category).id,
    )
    if not saved(todo):
        return todos_page(one(User, user_id), f"“{title}” is on the list already."), 409
    return redirect(url_for("pages.todos", user_id=user_id))


@pages.post("/users/<int:user_id>/categories")
def add_category(user_id):
    user = one(User, user_id)
    name = required("name", 50)
    if not name:
        return todos_page(user, "A category needs a name of at most 50 characters."), 400
    if not saved(Category(name=name, colour=request.form.get("colour", "#4a5568")[:7])):
        return todos_page(one(User, user_id), f"There is a category {name} already."), 409
    return redirect(url_for("pages.todos", user_id=user_id))


@pages.post("/todos/<int:todo_id>/tick")
def tick(todo_id):
    todo = one(Todo, todo_id)
    todo.done = not todo.done
    todo.done_at = now() if todo.done else None
    db.session.commit()
    return redirect(url_for("pages.todos", user_id=todo.user_id))


@pages.post("/todos/<int:todo_id>/delete")
def delete(todo_id):
    todo = one(Todo, todo_id)
    db.session.delete(todo)
    db.session.commit()
    return redirect(url_for("pages.todos", user_id=todo.user_id))


def people_page(problem=None):
    open_todos = db.func.count(Todo.id).filter(Todo.done.is_(False))
    people = db.select(User, open_todos).outerjoin(Todo).group_by(User.id).order_by(User.name)
    return render_template("people.html", people=db.session.execute(people).all(), problem=problem)


def todos_page(user, problem=None):
    # Where a missing day comes in the order differs between the databases, unless the query says it.
    listed = (
        db.select(Todo).filter_by(user_id=user.id).order_by(Todo.done, Todo.due.is_(None), Todo.due, Todo.id)
    )
    return render_template(
        "todos.html",
        user=user,
        todos=db.session.scalars(listed).all(),
        problem=problem,
        categories=db.session.scalars(db.select(Category).order_by(Category.name)).all(),
    )


def one(model, key):
    return db.session.get(model, key) or abort(404)


def required(field, limit):
    """The field's text, or None when it is empty or too long."""
    text = request.form.get(field, "").strip()
    return text if 0 < len(text) <= limit else None


def saved(row):
    """False when the database says that there is such a row already."""
    db.session.add(row)
    try:
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        return False
    return True
