"""How every page of the grader looks: one palette, light and dark, and what all pages are made of."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; --ink: #1c2330; --soft: #555e6c; --line: #d9dee6; --page: #fff; --card: #f6f8fa;
  --good: #0b6e4f; --part: #7d5200; --bad: #b3261e; --bar: #35649a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --soft: #a9b3c0; --line: #38404c; --page: #14181e;
  --card: #1c222a; --good: #5fd0a5; --part: #e6b450; --bad: #ff8a80; --bar: #7fb0e6; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .3rem; }
.note, caption { color: var(--soft); }
table { border-collapse: collapse; }
caption { text-align: left; padding-bottom: .3rem; }
th, td { text-align: left; border-bottom: 1px solid var(--line); font-weight: 400; }
thead th { color: var(--soft); font-size: .85rem; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
td.number { white-space: nowrap; }
.bar { height: .5rem; background: var(--line); border-radius: .25rem; overflow: hidden; }
.bar span { display: block; height: 100%; background: var(--bar); }
.pass { color: var(--good); } .partial { color: var(--part); } .lost { color: var(--bad); }
a { color: var(--bar); }
"""
