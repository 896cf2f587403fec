from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("blog", "0001_first")]
    operations = [
        migrations.AddField("Post", "subtitle", models.CharField(max_length=100, default="")),
        migrations.RemoveField("Post", "legacy"),
        migrations.AlterUniqueTogether("Post", set()),
        migrations.RenameField("Post", "title", "headline"),
        migrations.RemoveIndex("Post", "post_views_ix"),
        migrations.RemoveConstraint("Post", "post_once"),
        migrations.RemoveConstraint("Post", "post_views_ok"),
        migrations.AlterField("Post", "slug", models.SlugField(db_index=False)),
        migrations.AlterField("Post", "views", models.IntegerField()),
        migrations.AlterField("Author", "code", models.CharField(max_length=10)),
        migrations.AlterField(
            "Post",
            "editor",
            models.ForeignKey(
                "blog.Author", models.CASCADE, null=True, related_name="+", db_constraint=False
            ),
        ),
        migrations.RenameModel("Tag", "Label"),
        migrations.AlterField("Label", "id", models.BigAutoField(primary_key=True)),
    ]
