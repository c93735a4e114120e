# requires: bert-score==0.3.13 torch==2.8.0 transformers==4.57.1 sentence-transformers==5.1.2 safetensors==0.6.2
# checks: bert/ roberta/ distilbert/ qwen3/ gemma3/
"""Tiny seeded text encoders with random weights, and what transformers and sentence-transformers make of texts.

Each folder is a model as sentence-transformers stores it, without what is not read. `cases.json` has the texts with their
token ids, and those that bert-score would take. `expected.safetensors` has `hidden.N` (layer, token, number) for text N
and `pooled` (text, number). Of decoders there are only `pooled` and the ids.

With a folder as argument the goldens are written there; with `--check` and a folder they are made anew and compared: numbers
of the models to 1e-5, since processors round differently, everything else exactly."""

import json
import shutil
import sys
import tempfile
from pathlib import Path

import torch
from bert_score.utils import sent_encode
from safetensors.torch import load_file, save_file
from sentence_transformers import SentenceTransformer, models
from tokenizers import Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers import models as tokenizer_models
from transformers import (AutoModel, AutoTokenizer, BertConfig, BertModel, BertTokenizerFast, DistilBertConfig,
                          DistilBertModel, Gemma3TextConfig, Gemma3TextModel, PreTrainedTokenizerFast, Qwen3Config,
                          Qwen3Model, RobertaConfig, RobertaForMaskedLM, RobertaTokenizer)

PIECES = ["the", "##he", "mod", "##el", "ans", "##we", "##rs", "##ing", "quick", "bro", "##wn", "fox", "##mp", "##re"]
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789ß"
MARKS = ".,!()"
MERGES = ["t h", "th e", "Ġ the", "q u", "i c", "qu ic", "quic k", "Ġ a", "e r", "Ġ m", "Ġm o", "d e", "Ġmo de", "Ã ©", "Ã ¶",
          "Ġa n", "i n", "in g", "Ġ w", "a s", "Ġw as", "ð Ł"]
TEXTS = [
    "the quick brown fox", "", "   \n\t ", "a", "The LAZY dog jumps.", "measure twice, cut once!", "café und Größe",
    "cafe\u0301 und Gro\u0308ße", "日本語のテスト", "🙂 👩‍👩‍👧 ok", "nul\x00in the middle", "\x00", "a\u200bb\ufeffc",
    "ﬁne ligature", "\x1c the separators are white space \x1f", "[SEP] <pad> </s> are words", "العربية ثم שלום",
    "3.14 (0123456789)", "a model answers what it was asked and nothing more " * 6, "x" * 300,
    "prompts are tested on rows of data",
]
POSITIONS = 26
KEPT = {"config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "modules.json",
        "sentence_bert_config.json", "1_Pooling/config.json", "2_Dense/config.json", "2_Dense/model.safetensors",
        "3_Dense/config.json", "3_Dense/model.safetensors"}
DECODERS = {"qwen3": "Qwen3ForCausalLM", "gemma3": "Gemma3TextModel"}


def wordpiece():
    tokenizer = Tokenizer(tokenizer_models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *MARKS, *LETTERS, *(f"##{letter}" for letter in LETTERS)]
    vocabulary = {word: at for at, word in enumerate(dict.fromkeys(words + PIECES))}
    tokenizer.model = tokenizer_models.WordPiece(vocabulary, unk_token="[UNK]")
    pairs = [(name, vocabulary[name]) for name in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1", pairs)
    tokenizer.decoder = decoders.WordPiece()
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]",
                                   sep_token="[SEP]", mask_token="[MASK]", model_max_length=POSITIONS,
                                   model_input_names=["input_ids", "attention_mask"])


def byte_level():
    words = ["<s>", "<pad>", "</s>", "<unk>", "<mask>", *sorted(pre_tokenizers.ByteLevel.alphabet())]
    vocabulary = {word: at for at, word in enumerate(words + [merge.replace(" ", "") for merge in MERGES])}
    merges = [tuple(merge.split()) for merge in MERGES]
    tokenizer = Tokenizer(tokenizer_models.BPE(vocab=vocabulary, merges=merges, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", unk_token="<unk>", bos_token="<s>",
                                   cls_token="<s>", eos_token="</s>", sep_token="</s>", mask_token="<mask>")


def draw_weights(model, seed):
    """Stronger than training starts with, so that attention, biases and norms all show in the result."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            values = torch.randn(parameter.shape, generator=generator) * 0.3
            parameter.copy_(1 + values if "norm" in name.lower() and name.endswith("weight") else values)
    return model.eval()


def bert():
    tokenizer = wordpiece()
    config = BertConfig(vocab_size=len(tokenizer), hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
                        intermediate_size=24, max_position_embeddings=POSITIONS)
    return tokenizer, BertModel(config, add_pooling_layer=False), {"max_seq_length": 20}, ["mean_tokens"], True


def roberta():
    tokenizer = byte_level()
    config = RobertaConfig(vocab_size=len(tokenizer), hidden_size=16, num_hidden_layers=3, num_attention_heads=4,
                           intermediate_size=24, max_position_embeddings=POSITIONS, type_vocab_size=1,
                           layer_norm_eps=1e-3, hidden_act="gelu_new", pad_token_id=1)
    # Positions begin behind the padding's.
    settings = {"max_seq_length": POSITIONS - 2}
    return tokenizer, RobertaForMaskedLM(config), settings, ["cls_token"], False


def distilbert():
    tokenizer = wordpiece()
    config = DistilBertConfig(vocab_size=len(tokenizer), dim=16, n_layers=2, n_heads=2, hidden_dim=24,
                              max_position_embeddings=POSITIONS, activation="relu")
    return tokenizer, DistilBertModel(config), {"max_seq_length": None}, ["max_tokens", "mean_sqrt_len_tokens"], False


def ending(tokenizer, *ends):
    """With other special tokens around a text."""
    vocabulary = tokenizer.get_vocab()
    backend = tokenizer.backend_tokenizer
    template = " ".join(ends)
    pairs = [(name, vocabulary[name]) for name in ends if name != "$A"]
    backend.post_processor = processors.TemplateProcessing(template, None, pairs)
    return tokenizer


def qwen3():
    tokenizer = ending(byte_level(), "$A", "</s>")
    config = Qwen3Config(vocab_size=len(tokenizer), hidden_size=16, num_hidden_layers=3, num_attention_heads=4,
                         num_key_value_heads=2, head_dim=8, intermediate_size=24, max_position_embeddings=POSITIONS,
                         rope_theta=1000.0, eos_token_id=2, tie_word_embeddings=True)
    return tokenizer, Qwen3Model(config), {"max_seq_length": POSITIONS}, ["lasttoken"], True


def gemma3():
    tokenizer = ending(byte_level(), "<s>", "$A", "</s>")
    config = Gemma3TextConfig(vocab_size=len(tokenizer), hidden_size=16, num_hidden_layers=6, num_attention_heads=4,
                              num_key_value_heads=2, head_dim=8, intermediate_size=24, sliding_window=128,
                              max_position_embeddings=POSITIONS, query_pre_attn_scalar=8, eos_token_id=2, bos_token_id=0,
                              use_bidirectional_attention=True)
    return tokenizer, Gemma3TextModel(config), {"max_seq_length": POSITIONS}, ["mean_tokens"], True


def store(folder, made, seed):
    tokenizer, model, settings, poolings, is_normalised = made
    shutil.rmtree(folder, ignore_errors=True)
    scratch = folder.with_name(f".{folder.name}")
    draw_weights(model, seed).save_pretrained(scratch)
    tokenizer.save_pretrained(scratch)
    transformer = models.Transformer(str(scratch), max_seq_length=settings["max_seq_length"])
    flags = {f"pooling_mode_{name}": True for name in poolings}
    pooling = models.Pooling(16, **{"pooling_mode_mean_tokens": False, **flags})
    dense = []
    if folder.name == "gemma3":
        dense = [models.Dense(16, 32, bias=False, activation_function=torch.nn.Identity()),
                 models.Dense(32, 16, bias=False, activation_function=torch.nn.Identity())]
        for layer in dense:
            draw_weights(layer, seed)
    modules = [transformer, pooling, *dense] + ([models.Normalize()] if is_normalised else [])
    SentenceTransformer(modules=modules, device="cpu").save(str(folder), create_model_card=False)
    # As it was saved: with the names and the head of its own architecture.
    for name in ("model.safetensors", "config.json"):
        shutil.copy(scratch / name, folder / name)
    (folder / "sentence_bert_config.json").write_text(json.dumps({**settings, "do_lower_case": False}) + "\n")
    if architecture := DECODERS.get(folder.name):
        # As the published models name it, whose tensors are nevertheless those of the model without a head.
        config = json.loads((folder / "config.json").read_text())
        (folder / "config.json").write_text(json.dumps({**config, "architectures": [architecture]}, indent=2) + "\n")
    shutil.rmtree(scratch)


def for_bert_score(folder, tokenizer):
    """Of the family's own class: bert-score treats RoBERTa's in another way, and the general one fails on no text."""
    if folder.name != "roberta":
        path = str(folder / "tokenizer.json")
        return BertTokenizerFast(tokenizer_file=path, model_max_length=tokenizer.model_max_length)
    model = json.loads((folder / "tokenizer.json").read_text())["model"]
    vocabulary, merges = folder / "vocab.json", folder / "merges.txt"
    vocabulary.write_text(json.dumps(model["vocab"]))
    merges.write_text("#version: 0.2\n" + "\n".join(" ".join(pair) for pair in model["merges"]) + "\n")
    slow = RobertaTokenizer(str(vocabulary), str(merges), model_max_length=tokenizer.model_max_length)
    vocabulary.unlink()
    merges.unlink()
    return slow


def expect(folder):
    """The reference's answers from the stored folder."""
    encoder = SentenceTransformer(str(folder), device="cpu")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    if folder.name in DECODERS:
        limit = {"truncation": True, "max_length": encoder.max_seq_length}
        cases = [{"text": text, "ids": tokenizer(text.strip(), **limit)["input_ids"]} for text in TEXTS]
        # One at a time: what a decoder's padding does to a text is its own matter.
        write(folder, {"pooled": torch.tensor(encoder.encode(TEXTS, batch_size=1))}, cases)
        return
    bert_score_tokenizer = for_bert_score(folder, tokenizer)
    model = AutoModel.from_pretrained(folder, attn_implementation="eager").eval()
    tensors = {"pooled": torch.tensor(encoder.encode(TEXTS, batch_size=8))}
    cases = []
    for at, text in enumerate(TEXTS):
        made = tokenizer(text, truncation=True, max_length=encoder.max_seq_length, return_special_tokens_mask=True)
        ids = made["input_ids"]
        with torch.no_grad():
            hidden = model(torch.tensor([ids]), output_hidden_states=True).hidden_states
        tensors[f"hidden.{at}"] = torch.stack([layer[0] for layer in hidden]).contiguous()
        cases.append({"text": text, "ids": ids, "tokens": tokenizer.convert_ids_to_tokens(ids),
                      "special": made["special_tokens_mask"],
                      "bert_score_ids": sent_encode(bert_score_tokenizer, text),
                      "is_truncated": len(tokenizer(text)["input_ids"]) > len(ids)})
    write(folder, tensors, cases)


def write(folder, tensors, cases):
    save_file(tensors, folder / "expected.safetensors")
    lines = ",\n".join(json.dumps(case) for case in cases)
    (folder / "cases.json").write_text(f"[\n{lines}\n]\n")


def prune(folder):
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif str(path.relative_to(folder)) not in KEPT:
            path.unlink()


def equal(made, golden):
    if made.suffix != ".safetensors":
        return made.read_bytes() == golden.read_bytes()
    ours, theirs = load_file(made), load_file(golden)
    return ours.keys() == theirs.keys() and all(torch.allclose(ours[name], theirs[name], atol=1e-5) for name in ours)


def check(goldens):
    with tempfile.TemporaryDirectory() as folder:
        make_all(Path(folder))
        files = [path for path in sorted(Path(folder).rglob("*")) if path.is_file()]
        return [name for path in files if not equal(path, goldens / (name := path.relative_to(folder)))]


def make_all(goldens):
    for seed, make in enumerate((bert, roberta, distilbert, qwen3, gemma3)):
        folder = goldens / make.__name__
        torch.manual_seed(seed)
        store(folder, make(), seed)
        prune(folder)
        expect(folder)
        text = json.loads((folder / "tokenizer.json").read_text())
        (folder / "tokenizer.json").write_text(json.dumps(text, separators=(",", ":")) + "\n")


def main():
    if sys.argv[1] == "--check":
        if different := check(Path(sys.argv[2])):
            sys.exit(f"These differ: {', '.join(map(str, different))}")
    else:
        make_all(Path(sys.argv[1]))


main()
