#!/usr/bin/env python3
"""Measures the bundled project's classifier on texts with real labels, beside scikit-learn on the same split.

usage: measure.py --martlet PROGRAM --data FOLDER > FILE.md

FOLDER holds `train.csv` and `test.csv` with the columns `text` and `category` (BANKING77: 10,003 and 3,080 queries, 77 categories). Run it with a
Python that has scikit-learn. The classifier is the project's own models on a copy of the project, with nothing changed but vars and the keywords'
seed: the training texts are tickets with a tag, the test texts tickets without, so naive Bayes is trained on the one and judges the other.

The smoothing is compared on the training texts alone, by the folds that the project holds out. There are no keywords for 77 intents of a bank, so a list
is taken from the training texts: phrases of up to three words that point to one category in nine of ten texts.
"""

import argparse
import collections
import csv
import datetime
import io
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time

import sklearn
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.naive_bayes import MultinomialNB

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
COLUMNS = "ticket_id created_at resolved_at status channel creator_id tag first_response_time message_text".split()
PREDICTIONS = "select ticket_id, classifier_category, ai_layer from {{ ref('int_ticket_categories') }} where tag is null"
HELD_OUT = "select recall from {{ ref('fct_classification_quality') }} where category = '__all__'"


def read(path):
    """Returns texts and their categories, as the project compares words: in lower case."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row["text"] for row in rows], [row["category"].strip().lower() for row in rows]


class Project:
    """A copy of the bundled project on other tickets."""

    def __init__(self, martlet, folder, train, test):
        self.martlet, self.folder = martlet, folder
        for part in ["project.yml", "profiles.yml", "models", "macros", "seeds", "tests/data"]:
            copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
            copy(ROOT / part, folder / part)
        (folder / "texts").mkdir()
        with open(folder / "texts/tickets_raw.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            for letter, (texts, tags) in (("L", train), ("T", (test[0], [""] * len(test[0])))):
                for place, (text, tag) in enumerate(zip(texts, tags)):
                    writer.writerow([f"{letter}{place:05}", "2025-01-01", "", "pending", "in_app", "", tag, "", text])
        self.tags = sorted(set(train[1]))

    def run(self, *arguments, smoothing=None):
        lines = ["tickets_path: texts/tickets_raw.csv", f"tags: [{', '.join(self.tags)}]"]
        lines += [f"bayes_smoothing: {smoothing}"] if smoothing else []
        (self.folder / "vars.yml").write_text("\n".join(lines) + "\n", encoding="utf-8")
        command = [self.martlet, *arguments, "--quiet", "--vars", "@vars.yml"]
        ran = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, encoding="utf-8")
        if ran.returncode != 0:
            sys.exit(f"{command} failed:\n{ran.stdout}{ran.stderr}")
        return ran.stdout

    def rows(self, sql, smoothing=None):
        shown = self.run("show", "--inline", sql, "--limit", "-1", "--output", "csv", smoothing=smoothing)
        return list(csv.DictReader(io.StringIO(shown)))

    def classify(self, smoothing=None):
        """Builds the classifier; returns the answers for the test texts in their order, the layers that gave them, and the seconds."""
        started = time.perf_counter()
        self.run("build", "--select", "+fct_classification_quality", "--indirect-selection", "buildable", smoothing=smoothing)
        seconds = time.perf_counter() - started
        rows = sorted(self.rows(PREDICTIONS, smoothing), key=lambda row: row["ticket_id"])
        return [row["classifier_category"] for row in rows], [row["ai_layer"] for row in rows], seconds

    def held_out(self, smoothing):
        return float(self.rows(HELD_OUT, smoothing)[0]["recall"])

    def use_keywords(self, keywords):
        with open(self.folder / "seeds/ticket_category_keywords.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerows([("category", "subcategory", "keyword"), *((tag, tag, phrase) for tag, phrase in keywords)])


def phrases(text):
    """Returns the phrases of one to three words in a text."""
    words = re.findall(r"[^\W_]+", text.lower())
    return {" ".join(words[start : start + size]) for size in (1, 2, 3) for start in range(len(words) - size + 1)}


def mined_keywords(train, most=10, least=5, precision=0.9):
    """Returns up to `most` phrases a category that hardly stand elsewhere, those that find most texts not yet found first."""
    held, everywhere = collections.defaultdict(lambda: collections.defaultdict(set)), collections.Counter()
    for place, (text, tag) in enumerate(zip(*train)):
        for phrase in phrases(text):
            held[tag][phrase].add(place)
            everywhere[phrase] += 1
    keywords = []
    for tag in sorted(held):
        good = {p: found for p, found in held[tag].items() if len(found) >= least and len(found) >= precision * everywhere[p]}
        for _ in range(most):
            best = min(good, key=lambda phrase: (-len(good[phrase]), phrase), default=None)
            if best is None or not good[best]:
                break
            keywords.append((tag, best))
            found = good.pop(best)
            good = {phrase: texts - found for phrase, texts in good.items()}
    return keywords


def peers(train, test):
    """Yields name, answers and seconds of scikit-learn's classifiers."""
    for name, vectorizer, model in [
        ("scikit-learn `MultinomialNB`, `CountVectorizer`", CountVectorizer(), MultinomialNB()),
        ("scikit-learn `MultinomialNB(alpha=0.1)`, `CountVectorizer`", CountVectorizer(), MultinomialNB(alpha=0.1)),
        ("scikit-learn `LogisticRegression`, `TfidfVectorizer`", TfidfVectorizer(), LogisticRegression(max_iter=1000)),
    ]:
        started = time.perf_counter()
        model.fit(vectorizer.fit_transform(train[0]), train[1])
        answers = list(model.predict(vectorizer.transform(test[0])))
        yield name, answers, time.perf_counter() - started


def line(name, truth, answers, seconds, answered=None):
    accuracy, f1 = accuracy_score(truth, answers), f1_score(truth, answers, labels=sorted(set(truth)), average="macro", zero_division=0)
    part = 1 if answered is None else answered / len(truth)
    return f"| {name} | {accuracy:.4f} | {f1:.4f} | {part:.0%} | {seconds} |"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--martlet", required=True)
    parser.add_argument("--data", required=True, type=pathlib.Path)
    given = parser.parse_args()
    train, test = read(given.data / "train.csv"), read(given.data / "test.csv")
    martlet = str(pathlib.Path(given.martlet).resolve())
    version = subprocess.run([martlet, "--version"], capture_output=True, text=True).stdout.split("\n")[0]
    table, smoothings = [], []
    with tempfile.TemporaryDirectory() as folder:
        project = Project(martlet, pathlib.Path(folder), train, test)
        for smoothing in (1, 0.3, 0.1, 0.03, 0.01):
            answers, _, seconds = project.classify(smoothing)
            smoothings.append(f"| {smoothing} | {project.held_out(smoothing):.4f} | {accuracy_score(test[1], answers):.4f} |")
        answers, _, seconds = project.classify()
        table.append(line("naive Bayes in SQL", test[1], answers, f"{seconds:.1f} s"))
        keywords = mined_keywords(train)
        project.use_keywords(keywords)
        answers, layers, seconds = project.classify()
        table.append(line("keyword rules, then naive Bayes", test[1], answers, f"{seconds:.1f} s"))
        rules = [answer if layer == "rule" else "" for answer, layer in zip(answers, layers)]
        answered = sum(map(bool, rules))
        right = sum(answer == truth for answer, truth in zip(rules, test[1]))
        table.append(line(f"keyword rules alone ({len(keywords)} keywords)", test[1], rules, "", answered))
    for name, answers, seconds in peers(train, test):
        table.append(line(name, test[1], answers, f"{seconds:.1f} s"))
    print(f"Measured on {datetime.date.today()} with {version}, scikit-learn {sklearn.__version__}, Python {platform.python_version()}:")
    print(f"{len(train[0]):,} training texts, {len(test[0]):,} test texts, {len(project.tags)} categories.\n")
    print("| classifier | accuracy | macro-F1 | answered | time |\n|---|---|---|---|---|")
    print("\n".join(table))
    print(f"\nOf the texts that a keyword answers, {right / answered:.4f} are right.\n")
    print("| `bayes_smoothing` | accuracy on held-out folds of the training texts | on the test texts |\n|---|---|---|")
    print("\n".join(smoothings))


if __name__ == "__main__":
    main()
