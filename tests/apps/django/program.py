"""One application of Django: program.py first|next|fill|show|accounts|login NAME PASSWORD|use|check."""

import datetime
import json
import os
import sys

import django
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
django.setup()
from django.contrib.auth.models import Group, Permission, User  # its models need setup() before


def models(migration):
    """As they were after that migration, which is what an application of that time has."""
    state = MigrationExecutor(connection).loader.project_state([("blog", migration)])
    return state.apps.get_model


def fill():
    model = models("0001_first")
    author, tag, post = model("blog", "Author"), model("blog", "Tag"), model("blog", "Post")
    people = [
        author.objects.create(name=f"Zoë {n}", email=f"{n}@example.org", code=f"c{n}") for n in range(5)
    ]
    tags = [tag.objects.create(name=name) for name in ("a%b", "ünï", "plain")]
    for number in range(20):
        made = post.objects.create(
            title=f"Title {number}", slug=f"slug-{number}", body="line\nline", legacy=number,
            views=number * 3, reading=datetime.timedelta(microseconds=1000001 * (number - 5)),
            published=number % 2 == 0, created="2024-02-29T12:34:56.789Z", price="12.50",
            author=people[number % 5], editor=people[0] if number % 3 else None)
        made.tags.add(tags[number % 3])
    User.objects.create_superuser("admin", "admin@example.org", "correct horse")
    writer = User.objects.create_user("zoë", password="battery staple")
    editors = Group.objects.create(name="éditeurs")
    editors.permissions.set(Permission.objects.filter(codename__startswith="add_"))
    writer.groups.add(editors)


def show():
    post = models("0001_first")("blog", "Post")
    rows = post.objects.order_by("id").values(
        "id", "title", "slug", "views", "published", "created", "price", "reading", "author__email",
        "editor__name")
    found = [{name: str(value) for name, value in row.items()} for row in rows]
    found.append(post.objects.filter(title__startswith="Title 1", tags__name="ünï").count())
    return found


def login(name, password):
    """Whether the password is right, and whether the user may add posts, and drop them."""
    user = authenticate(username=name, password=password)
    return user and [user.has_perm(name) for name in ("blog.add_post", "blog.delete_post")]


def use():
    model = models("0002_next")
    post, author = model("blog", "Post"), model("blog", "Author")
    writer = author.objects.create(name="New", email="new@example.org", code="n")
    for _ in range(2):
        post.objects.create(
            headline="Same", slug="slug-1", body="", views=-1, published=True, subtitle="sub",
            created="2024-02-29T12:34:56.789Z", price="1", author=writer, editor_id=999)
    return [post.objects.count(), post.objects.filter(slug="slug-1").count(), writer.id,
            post.objects.filter(headline__startswith="Title").count(), model("blog", "Label").objects.count()]


def main():
    word = sys.argv[1]
    if word == "first":
        call_command("migrate", "auth", verbosity=0)
        call_command("migrate", "blog", "0001_first", verbosity=0)
    elif word == "next":
        call_command("migrate", verbosity=0)
    elif word == "accounts":
        call_command("dumpdata", "auth", "contenttypes")
    elif word == "check":
        call_command("makemigrations", check=True, dry_run=True)
    else:
        print(json.dumps({"fill": fill, "show": show, "login": login, "use": use}[word](*sys.argv[2:])))


main()
