exports.up = async (queryInterface, { DataTypes }) => {
  const id = { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true };
  const dates = {
    createdAt: { type: DataTypes.DATE, allowNull: false },
    updatedAt: { type: DataTypes.DATE, allowNull: false },
  };
  await queryInterface.createTable("Authors", {
    id,
    name: { type: DataTypes.STRING, allowNull: false },
    email: { type: DataTypes.STRING, allowNull: false, unique: true },
    ...dates,
  });
  await queryInterface.createTable("Posts", {
    id,
    title: { type: DataTypes.STRING, allowNull: false },
    slug: { type: DataTypes.STRING, allowNull: false, unique: true },
    body: DataTypes.TEXT,
    legacy: DataTypes.INTEGER,
    views: { type: DataTypes.INTEGER, allowNull: false },
    published: { type: DataTypes.BOOLEAN, allowNull: false, defaultValue: false },
    price: DataTypes.DECIMAL(8, 2),
    authorId: {
      type: DataTypes.INTEGER, allowNull: false, references: { model: "Authors", key: "id" }, onDelete: "CASCADE",
    },
    editorId: { type: DataTypes.INTEGER, references: { model: "Authors", key: "id" } },
    ...dates,
  });
  await queryInterface.addIndex("Posts", ["views"]);
};
