"""Prints what python-docx reads of a Word file: title, paragraphs, tables, links."""
import json
import sys

import docx

d = docx.Document(sys.argv[1])
numbers = d.part.numbering_part.element
kinds = {}
for num in numbers.num_lst:
    abstract = num.abstractNumId.val
    level = numbers.xpath(f'w:abstractNum[@w:abstractNumId="{abstract}"]/w:lvl[1]/w:numFmt/@w:val')[0]
    start = num.xpath("w:lvlOverride/w:startOverride/@w:val")
    kinds[num.numId] = [level, int(start[0]) if start else 1]
paragraphs = []
for p in d.paragraphs:
    num = p._p.pPr.numPr if p._p.pPr is not None else None
    paragraphs.append({
        "style": p.style.name,
        "text": p.text,
        "list": kinds[num.numId.val] if num is not None else None,
        "level": num.ilvl.val if num is not None else 0,
        "links": [h.address for h in p.hyperlinks],
    })
tables = [
    {"head": [bool(r._tr.trPr is not None and r._tr.trPr.xpath("w:tblHeader")) for r in t.rows], "cells": [[c.text for c in r.cells] for r in t.rows]}
    for t in d.tables
]
print(json.dumps({"title": d.core_properties.title, "paragraphs": paragraphs, "tables": tables, "pictures": len(d.inline_shapes)}))
