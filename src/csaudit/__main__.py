"""``python -m csaudit``."""

from csaudit.cli import main

if __name__ == "__main__":
    main()
