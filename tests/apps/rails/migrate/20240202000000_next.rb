class Next < ActiveRecord::Migration[6.1]
  def change
    add_column :posts, :subtitle, :string
    remove_check_constraint :posts, "legacy < 1000"
    remove_check_constraint :posts, name: "views_ok"
    remove_column :posts, :legacy, :integer
    rename_column :posts, :title, :headline
    remove_index :posts, :slug
    remove_index :posts, name: "by_views"
    remove_foreign_key :posts, column: :editor_id
    rename_table :posts, :articles
  end
end
