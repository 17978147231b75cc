"""How one lesson becomes LoRA weights: recipe, plan, packing, losses, engine. Knows no service, queue or store."""
