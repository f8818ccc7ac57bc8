"""What is asked and shown: questions, answers, explanations and reports."""

from .explain import Explanation, explain

__all__ = ["Explanation", "explain"]
