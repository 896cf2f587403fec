class First < ActiveRecord::Migration[6.1]
  def change
    create_table :authors do |t|
      t.string :name, null: false
      t.string :email, null: false, index: { unique: true }
      t.timestamps
    end
    create_table :posts do |t|
      t.string :title, null: false, index: true
      t.string :slug, null: false
      t.text :body
      t.integer :legacy
      t.integer :views, null: false
      t.boolean :published, null: false, default: false
      t.decimal :price, precision: 8, scale: 2
      t.references :author, null: false, foreign_key: true
      t.references :editor, foreign_key: { to_table: :authors }
      t.timestamps
      t.check_constraint "views >= 0", name: "views_ok"
      t.check_constraint "legacy < 1000"
    end
    add_index :posts, :slug, unique: true
    add_index :posts, [:views, :published], name: "by_views"
  end
end
