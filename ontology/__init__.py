"""What may be said: vocabulary, concept schemes, shapes and the JSON-LD context."""

from .terms import NAMESPACES, Term
from .vocabulary import Concept, EntityType, Predicate, Scheme, Vocabulary, vocabulary

__all__ = ["NAMESPACES", "Concept", "EntityType", "Predicate", "Scheme", "Term", "Vocabulary", "vocabulary"]
