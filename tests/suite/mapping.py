"""Which table and column of the target is which of the source.

The rule: a name written in quotes keeps its case, one without folds to lower case; PostgreSQL cuts at 63
bytes.  Where a target has another name its table is found all the same, so that its values are compared; the
other name has to be said in the report.
"""

LIMIT = 63


def right_name(name, quoted):
    """PostgreSQL folds ASCII letters only, in a UTF-8 database, and drops what is beyond its limit."""
    folded = name if quoted else "".join(letter.lower() if letter.isascii() else letter for letter in name)
    return folded.encode("utf-8", "replace")[:LIMIT].decode("utf-8", "ignore")


def plain(name):
    return "".join(letter for letter in name.lower() if letter.isalnum())


# How a wanted name and one that is there are spelled before they are compared, the strictest first.
SPELLINGS = (
    (right_name, lambda name: name),
    (lambda name, quoted: name.lower(), str.lower),
    (lambda name, quoted: plain(right_name(name, quoted)), plain),
)


def pair_names(wanted, there, in_order=True):
    """`wanted` holds (name, quoted).  Gives {name: name there} and the names there that are left over.

    With `in_order`, names that resemble nothing are paired as they come, if as many are left on either side.
    """
    pairs, left = {}, list(there)
    for spell_wanted, spell_there in SPELLINGS:
        for name, quoted in wanted:
            found = [other for other in left if spell_there(other) == spell_wanted(name, quoted)]
            if name not in pairs and len(found) == 1:
                pairs[name] = found[0]
                left.remove(found[0])
    missing = [name for name, _ in wanted if name not in pairs]
    if in_order and len(missing) == len(left):
        pairs.update(zip(missing, left))
        left = []
    return pairs, left


def misnamed(wanted, pairs):
    """(name, name there) where it is not what the rule says."""
    return [
        (name, pairs[name])
        for name, quoted in wanted
        if name in pairs and pairs[name] != right_name(name, quoted)
    ]
