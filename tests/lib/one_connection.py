"""Many questions to one database, quickly: has what a Database has to be asked."""


class OneConnection:
    def __init__(self, database):
        self.cluster, self.name = database.cluster, database.name
        self.connection = database.connect()
        self.connection.autocommit = True

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def execute(self, sql, parameters=None):
        with self.connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchall() if cursor.description else []
