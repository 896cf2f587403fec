from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            "Author",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("name", models.CharField(max_length=80)),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("code", models.CharField(max_length=10, db_index=True)),
            ],
        ),
        migrations.CreateModel(
            "Tag",
            [
                ("id", models.AutoField(primary_key=True)),
                ("name", models.CharField(max_length=40, unique=True)),
            ],
        ),
        migrations.CreateModel(
            "Post",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("title", models.CharField(max_length=100, db_index=True)),
                ("slug", models.SlugField(unique=True)),
                ("body", models.TextField()),
                ("legacy", models.IntegerField(null=True)),
                ("views", models.PositiveIntegerField(db_index=True)),
                ("published", models.BooleanField()),
                ("created", models.DateTimeField()),
                ("price", models.DecimalField(max_digits=8, decimal_places=2)),
                ("reading", models.DurationField(null=True)),
                ("author", models.ForeignKey("blog.Author", models.CASCADE, related_name="posts")),
                ("editor", models.ForeignKey("blog.Author", models.CASCADE, null=True, related_name="+")),
                ("tags", models.ManyToManyField("blog.Tag")),
            ],
            options={"unique_together": {("author", "title")}},
        ),
        migrations.AddIndex("Post", models.Index(fields=["views"], name="post_views_ix")),
        migrations.AddConstraint(
            "Post", models.UniqueConstraint(fields=["slug", "created"], name="post_once")
        ),
        migrations.AddConstraint(
            "Post", models.CheckConstraint(check=models.Q(views__gte=0), name="post_views_ok")
        ),
    ]
