"""Measures and roll-ups: one module a family of measures, `rollup` puts them into the frames of `schema`."""

from csaudit.metrics.rollup import Measures, measure

__all__ = ["Measures", "measure"]
