// One application of Sequelize with Umzug: program.js first|next|fill|show|use
const path = require("path");
const { DataTypes, Sequelize } = require("sequelize");
const { SequelizeStorage, Umzug } = require("umzug");
const { sqlite3 } = require("../sqlite");

const url = new URL(process.env.DATABASE_URL);
const sequelize =
  url.protocol === "sqlite:"
    ? new Sequelize({ dialect: "sqlite", dialectModule: sqlite3, storage: url.pathname, logging: false })
    : new Sequelize(process.env.DATABASE_URL, { logging: false });
const umzug = new Umzug({
  migrations: {
    glob: path.join(__dirname, "migrations", "*.js"),
    resolve: ({ name, path: file, context }) => ({ name, up: () => require(file).up(context, Sequelize) }),
  },
  context: sequelize.getQueryInterface(),
  storage: new SequelizeStorage({ sequelize }),
});

function models(next) {
  const Author = sequelize.define("Author", { name: DataTypes.STRING, email: DataTypes.STRING });
  const Post = sequelize.define("Post", {
    ...(next
      ? { headline: DataTypes.STRING, subtitle: DataTypes.STRING }
      : { title: DataTypes.STRING, legacy: DataTypes.INTEGER }),
    slug: DataTypes.STRING,
    body: DataTypes.TEXT,
    views: DataTypes.INTEGER,
    published: DataTypes.BOOLEAN,
    price: DataTypes.DECIMAL(8, 2),
    editorId: DataTypes.INTEGER,
  });
  Post.belongsTo(Author, { foreignKey: "authorId" });
  return { Author, Post };
}

const words = {
  first: () => umzug.up({ to: "1-first.js" }),
  next: () => umzug.up(),

  async fill() {
    const { Author, Post } = models(false);
    for (let n = 0; n < 5; n++) await Author.create({ name: `Zoë ${n}`, email: `${n}@example.org` });
    for (let n = 0; n < 20; n++)
      await Post.create({
        title: `Title ${n}`, slug: `slug-${n}`, body: "line\nline", legacy: n, views: n * 3,
        published: n % 2 === 0, price: "12.5", authorId: (n % 5) + 1, editorId: n % 3 ? 1 : null,
      });
  },

  async show() {
    const { Author, Post } = models(false);
    const posts = await Post.findAll({ order: ["id"], include: Author });
    return posts.map((post) => [
      post.id, post.title, post.slug, post.views, post.published, Number(post.price), post.createdAt,
      post.Author.email, post.editorId,
    ]);
  },

  async use() {
    const { Author, Post } = models(true);
    const writer = await Author.create({ name: "New", email: "new@example.org" });
    for (let n = 0; n < 2; n++)
      await Post.create({
        headline: "Same", slug: "slug-1", subtitle: "sub", views: 1, published: true, authorId: writer.id,
        editorId: 999,
      });
    return [await Post.count(), await Post.count({ where: { slug: "slug-1" } }), writer.id];
  },
};

words[process.argv[2]]()
  .then((answer) => console.log(JSON.stringify(answer ?? null)))
  .finally(() => sequelize.close());
