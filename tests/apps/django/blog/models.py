"""After the last migration."""

from django.db import models


class Author(models.Model):
    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=80)
    email = models.EmailField(unique=True)
    code = models.CharField(max_length=10)


class Label(models.Model):
    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=40, unique=True)


class Post(models.Model):
    id = models.BigAutoField(primary_key=True)
    headline = models.CharField(max_length=100, db_index=True)
    slug = models.SlugField(db_index=False)
    subtitle = models.CharField(max_length=100, default="")
    body = models.TextField()
    views = models.IntegerField()
    published = models.BooleanField()
    created = models.DateTimeField()
    price = models.DecimalField(max_digits=8, decimal_places=2)
    reading = models.DurationField(null=True)
    author = models.ForeignKey(Author, models.CASCADE, related_name="posts")
    editor = models.ForeignKey(Author, models.CASCADE, null=True, related_name="+", db_constraint=False)
    tags = models.ManyToManyField(Label)
