"""What is asked and shown: questions, answers, explanations and reports."""

from .answer import Answer
from .ask import ask, catalogue
from .explain import Explanation, explain
from .question import Question

__all__ = ["Answer", "Explanation", "Question", "ask", "catalogue", "explain"]
