// One application of Knex: program.js first|next|fill|show|use
const path = require("path");
const makeKnex = require("knex");
const Client = require("knex/lib/dialects/better-sqlite3");
const { Synchronous } = require("../sqlite");

class SqliteClient extends Client {
  _driver() {
    return Synchronous;
  }
}

const url = new URL(process.env.DATABASE_URL);
const migrations = { directory: path.join(__dirname, "migrations") };
const knex = makeKnex(
  url.protocol === "sqlite:"
    ? { client: SqliteClient, connection: { filename: url.pathname }, useNullAsDefault: true, migrations }
    : { client: "pg", connection: process.env.DATABASE_URL, migrations },
);

const words = {
  first: () => knex.migrate.up({ name: "1_first.js" }),
  next: () => knex.migrate.latest(),

  async fill() {
    for (let n = 0; n < 5; n++) await knex("authors").insert({ name: `Zoë ${n}`, email: `${n}@example.org` });
    for (let n = 0; n < 20; n++)
      await knex("posts").insert({
        title: `Title ${n}`, slug: `slug-${n}`, body: "line\nline", legacy: n, views: n * 3, status: "draft",
        published: n % 2 === 0, created: new Date("2024-02-29T12:34:56.789Z"), author_id: (n % 5) + 1,
        editor_id: n % 3 ? 1 : null,
      });
  },

  async show() {
    const rows = await knex("posts").join("authors", "authors.id", "posts.author_id").orderBy("posts.id")
      .select("posts.id", "title", "slug", "views", "status", "published", "created", "email", "editor_id");
    return rows.map((row) => ({ ...row, published: Boolean(row.published), created: new Date(row.created) }));
  },

  async use() {
    const [writer] = await knex("authors").insert({ name: "New", email: "0@example.org" }).returning("id");
    for (let n = 0; n < 2; n++)
      await knex("posts").insert({
        headline: "Same", slug: "slug-1", subtitle: "sub", views: 1, status: "other", published: true,
        author_id: writer.id, editor_id: 999,
      });
    const [{ count }] = await knex("posts").where({ slug: "slug-1" }).count({ count: "*" });
    return [(await knex("posts")).length, Number(count), writer.id];
  },
};

words[process.argv[2]]()
  .then((answer) => console.log(JSON.stringify(answer ?? null)))
  .finally(() => knex.destroy());
