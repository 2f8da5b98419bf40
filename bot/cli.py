"""The command line."""


def main() -> int:
    raise SystemExit("countersign: being built")
