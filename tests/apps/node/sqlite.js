// SQLite for Knex and Sequelize without a driver that has to be compiled: the faces of better-sqlite3 and of sqlite3
// that they use, over SQLite as WebAssembly.  What the frameworks do and write stays their own.
const { Database } = require("node-sqlite3-wasm");

const reads = (sql) => /^\s*(select|with|values|explain)\b/i.test(sql) || /^\s*pragma\s[^=]*$/i.test(sql) || /\breturning\b/i.test(sql);

// better-sqlite3
class Synchronous {
  constructor(filename) {
    this.database = new Database(filename);
  }

  prepare(sql) {
    return {
      reader: reads(sql),
      all: (values) => this.database.all(sql, values),
      run: (values) => this.database.run(sql, values),
    };
  }

  close() {
    this.database.close();
  }
}

// sqlite3: results go to a callback, whose `this` tells the last id and the number of changes.
class WithCallbacks {
  constructor(filename, mode, callback) {
    this.filename = filename;
    this.database = new Database(filename);
    setImmediate(callback, null);
  }

  serialize(work) {
    work();
  }

  call(method, sql, values, callback = () => {}) {
    if (typeof values === "function") return this.call(method, sql, undefined, values);
    let failure = null;
    let result;
    try {
      result = this.database[method](sql, values);
    } catch (error) {
      failure = Object.assign(new Error(`SQLITE_ERROR: ${error.message}`), { code: "SQLITE_ERROR" });
    }
    const statement = method === "run" ? { lastID: result?.lastInsertRowid, changes: result?.changes } : {};
    setImmediate(() => callback.call(statement, failure, method === "run" ? undefined : result));
    return this;
  }

  run(sql, values, callback) {
    return this.call("run", sql, values, callback);
  }

  all(sql, values, callback) {
    return this.call("all", sql, values, callback);
  }

  close(callback = () => {}) {
    this.database.close();
    setImmediate(callback, null);
  }
}

module.exports = {
  Synchronous,
  sqlite3: { Database: WithCallbacks, OPEN_READWRITE: 2, OPEN_CREATE: 4, verbose: () => module.exports.sqlite3 },
};
