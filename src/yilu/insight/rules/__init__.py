"""What follows from what is known of a customer: pure."""

from yilu.insight.rules.portraying import Told, Trait, traits
from yilu.insight.rules.prompting import Held, Known, Near, Prompt, prompts

__all__ = ["Held", "Known", "Near", "Prompt", "Told", "Trait", "prompts", "traits"]
