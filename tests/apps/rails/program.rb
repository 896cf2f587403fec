# One application of Active Record: program.rb first|next|fill|show|use
require "active_record"
require "json"
require "uri"

url = URI.parse(ENV.fetch("DATABASE_URL"))
ActiveRecord::Base.establish_connection(
  url.scheme == "sqlite" ? { adapter: "sqlite3", database: url.path } : ENV.fetch("DATABASE_URL")
)
ActiveRecord::Migration.verbose = false

class Author < ActiveRecord::Base
  has_many :posts
end

class Post < ActiveRecord::Base
  belongs_to :author
  belongs_to :editor, class_name: "Author", optional: true
end

def migrate(version = nil)
  ActiveRecord::MigrationContext.new(File.join(__dir__, "migrate"), ActiveRecord::SchemaMigration).migrate(version)
end

def fill
  people = (0...5).map { |n| Author.create!(name: "Zoë #{n}", email: "#{n}@example.org") }
  20.times do |n|
    Post.create!(title: "Title #{n}", slug: "slug-#{n}", body: "line\nline", legacy: n, views: n * 3,
                 published: n.even?, price: "12.50", author: people[n % 5],
                 editor: n % 3 == 0 ? nil : people[0], created_at: Time.utc(2024, 2, 29, 12, 34, 56.789r))
  end
end

def show
  Post.order(:id).includes(:author, :editor).map do |post|
    [post.id, post.title, post.slug, post.views, post.published, post.price.to_s, post.author.email,
     post.editor&.name, post.created_at.utc.iso8601(6)]
  end
end

class Article < ActiveRecord::Base
  belongs_to :author
end

def use
  writer = Author.create!(name: "New", email: "new@example.org")
  2.times do
    Article.create!(headline: "Same", slug: "slug-1", views: -1, subtitle: "sub", published: true,
                    author: writer, editor_id: 999)
  end
  [Article.count, Article.where(slug: "slug-1").count, writer.id]
end

case ARGV[0]
when "first" then migrate(20240101000000)
when "next" then migrate
else puts JSON.generate(send(ARGV[0]))
end
