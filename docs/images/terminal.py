#!/usr/bin/env python3
"""Draws terminal output, colours included, as an SVG.

usage: CLICOLOR_FORCE=1 martlet build 2>&1 | terminal.py 'martlet build' [--head N] [--tail N] > build.svg

The text is what was printed; with --head and --tail the lines between are left out, and a line says how many.
"""

import argparse
import html
import re
import sys

COLOURS = {31: "#f07178", 32: "#9ece6a", 33: "#e0af68", 34: "#7aa2f7", 35: "#bb9af7", 36: "#7dcfff"}
BACKGROUND, FOREGROUND, DIM = "#1a1b26", "#c0caf5", "#737aa2"
WIDTH, HEIGHT, MARGIN = 7.83, 18, 18


def spans(line):
    """Yields the parts of a line with their colour and weight."""
    colour, bold = FOREGROUND, False
    for part in re.split(r"(\x1b\[[0-9;]*m)", line):
        code = re.fullmatch(r"\x1b\[([0-9;]*)m", part)
        if not code:
            if part:
                yield part, colour, bold
            continue
        for number in [int(digits or 0) for digits in code[1].split(";")]:
            if number == 0:
                colour, bold = FOREGROUND, False
            elif number == 1:
                bold = True
            elif number in COLOURS or number - 60 in COLOURS:
                colour = COLOURS.get(number, COLOURS.get(number - 60))


def shortened(lines, head, tail):
    if not head or len(lines) <= head + tail + 1:
        return lines
    left_out = len(lines) - head - tail
    return [*lines[:head], f"\x1b[0m  … {left_out} more lines …", *lines[-tail:]]


def text(line, row):
    x, parts = MARGIN, []
    for part, colour, bold in spans(line):
        weight = ' font-weight="bold"' if bold else ""
        parts.append(f'<tspan x="{x:.1f}" fill="{colour}"{weight}>{html.escape(part)}</tspan>')
        x += len(part) * WIDTH
    y = MARGIN + 34 + row * HEIGHT
    return f'<text y="{y}" xml:space="preserve">{"".join(parts)}</text>' if parts else ""


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("command")
    arguments.add_argument("--head", type=int, default=0)
    arguments.add_argument("--tail", type=int, default=0)
    options = arguments.parse_args()
    lines = shortened(sys.stdin.read().rstrip().splitlines(), options.head, options.tail)
    lines = [f"\x1b[32m$\x1b[0m \x1b[1m{options.command}\x1b[0m", *lines]
    columns = max(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in lines)
    width, height = int(columns * WIDTH + 2 * MARGIN), len(lines) * HEIGHT + 2 * MARGIN + 26
    print(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="A run of {html.escape(options.command)} in a terminal">'
    )
    print(f'<rect width="{width}" height="{height}" rx="8" fill="{BACKGROUND}"/>')
    for place in range(3):
        print(f'<circle cx="{MARGIN + 6 + place * 18}" cy="{MARGIN}" r="5" fill="{DIM}"/>')
    print('<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, monospace" font-size="13">')
    for row, line in enumerate(lines):
        print(text(line, row))
    print("</g>\n</svg>")


main()
