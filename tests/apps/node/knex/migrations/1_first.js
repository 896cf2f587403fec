exports.up = async (knex) => {
  await knex.schema.createTable("authors", (table) => {
    table.increments("id");
    table.string("name").notNullable();
    table.string("email").notNullable().unique();
  });
  await knex.schema.createTable("posts", (table) => {
    table.increments("id");
    table.string("title").notNullable();
    table.string("slug").notNullable().unique();
    table.text("body");
    table.integer("legacy");
    table.integer("views").notNullable().index();
    table.enu("status", ["draft", "published"]).notNullable();
    table.boolean("published").notNullable().defaultTo(false);
    table.timestamp("created").defaultTo(knex.fn.now());
    table.integer("author_id").unsigned().notNullable().references("authors.id").onDelete("CASCADE");
    table.integer("editor_id").unsigned().references("authors.id");
    table.unique(["author_id", "title"]);
  });
};

exports.down = async () => {};
