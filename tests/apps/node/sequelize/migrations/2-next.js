exports.up = async (queryInterface, { DataTypes }) => {
  await queryInterface.addColumn("Posts", "subtitle", DataTypes.STRING);
  await queryInterface.removeColumn("Posts", "legacy");
  await queryInterface.renameColumn("Posts", "title", "headline");
  await queryInterface.removeConstraint("Posts", "Posts_slug_key");
  await queryInterface.removeConstraint("Posts", "Posts_editorId_fkey");
  await queryInterface.removeIndex("Posts", ["views"]);
};
