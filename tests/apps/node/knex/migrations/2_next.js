// Each drop computes the name of what it drops.
exports.up = async (knex) => {
  await knex.schema.alterTable("posts", (table) => {
    table.string("subtitle");
    table.dropColumn("legacy");
    table.dropUnique(["author_id", "title"]);
    table.dropUnique(["slug"]);
    table.dropForeign("editor_id");
    table.dropIndex("views");
    table.dropChecks("posts_status_check");
    table.renameColumn("title", "headline");
  });
  await knex.schema.alterTable("authors", (table) => {
    table.dropUnique(["email"]);
  });
  await knex.schema.alterTable("posts", (table) => {
    table.dropPrimary();
    table.primary(["id"]);
  });
};

exports.down = async () => {};
