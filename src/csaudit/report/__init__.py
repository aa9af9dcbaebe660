"""Result frames -> something a person or a machine reads. Sees frames only; computes no finding."""
