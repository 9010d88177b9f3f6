#!/usr/bin/env python3
"""Writes data/ (official formats, a handful of questions each) and answers/ for the tests of Vlm.Eval. Needs `vips` for the pictures."""
import base64, csv, json, os, struct, subprocess, zlib

HERE = os.path.dirname(os.path.abspath(__file__))
SHORT = "\nAnswer the question using a single word or phrase."
LETTER = "\nAnswer with the option's letter from the given choices directly."


def path(*parts):
    full = os.path.join(HERE, *parts)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    return full


def dump(name, value):
    with open(path("data", name), "w", encoding="utf-8") as f:
        json.dump(value, f, ensure_ascii=False, indent=1)


def lines(folder, name, rows):
    with open(path(folder, name), "w", encoding="utf-8") as f:
        f.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def picture(name, colour):
    """A 12 x 8 picture of one colour."""
    row = b"\0" + bytes(colour) * 12
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    png = (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 12, 8, 8, 2, 0, 0, 0))
           + chunk(b"IDAT", zlib.compress(row * 8)) + chunk(b"IEND", b""))
    target = path("data", name)
    if name.endswith(".png"):
        open(target, "wb").write(png)
    else:
        open(target + ".png", "wb").write(png)
        subprocess.run(["vips", "copy", target + ".png", target + "[strip,Q=90]"], check=True, stderr=subprocess.DEVNULL)
        os.remove(target + ".png")


def answer(qid, text, prompt=None):
    row = {"question_id": qid}
    if prompt is not None:
        row["prompt"] = prompt
    row.update({"text": text, "answer_id": "x", "model_id": "hand", "metadata": {}})
    return row


def refs(*pairs):
    flat = [text for text, n in pairs for _ in range(n)]
    assert len(flat) == 10
    return flat


def vqa(folder, prefix, rows):
    dump(f"{folder}/{prefix}OpenEnded_mscoco_val2014_questions.json", {
        "info": {"version": "2.0"}, "task_type": "Open-Ended", "data_type": "mscoco", "data_subtype": "val2014", "license": {},
        "questions": [{"image_id": i, "question": q, "question_id": qid} for qid, i, q, _, _ in rows]})
    dump(f"{folder}/{prefix}mscoco_val2014_annotations.json", {
        "info": {"version": "2.0"}, "data_type": "mscoco", "data_subtype": "val2014", "license": {},
        "annotations": [{
            "question_id": qid, "image_id": i, "question_type": "what", "answer_type": kind, "multiple_choice_answer": a[0],
            "answers": [{"answer": t, "answer_confidence": "yes", "answer_id": k + 1} for k, t in enumerate(a)]}
            for qid, i, _, kind, a in rows]})


# VQAv2: ten equal references are compared as written; the last question has no answer line.
vqa("vqav2", "v2_", [
    (42000, 42, "Is it raining?", "yes/no", refs(("yes", 10))),
    (42001, 42, "How many dogs?", "number", refs(("2", 3), ("3", 7))),
    (73000, 73, "Whose bowl is it?", "other", refs(("dog's", 10))),
    (73001, 73, "What color is it?", "other", refs(("red", 6), ("pink", 4)))])
lines("answers", "vqav2.jsonl", [answer(42000, "Yes."), answer(42001, "two"), answer(73000, "dog's")])
for i in (42, 73):
    picture(f"vqav2/val2014/COCO_val2014_{i:012d}.jpg", (i, 200 - i, 90))

vqa("okvqa", "", [
    (421, 42, "What is this animal used for?", "other", refs(("herd", 4), ("guard", 6))),
    (731, 73, "Which brand is it?", "other", refs(("Acme", 10)))])
lines("answers", "okvqa.jsonl", [answer(421, "Herd!"), answer(731, "acme")])

# GQA
def gqa(question, text, image, structural, semantic, steps, entailed=()):
    return {"question": question, "answer": text, "fullAnswer": text, "imageId": image, "isBalanced": True,
            "types": {"structural": structural, "semantic": semantic, "detailed": "x"}, "groups": {"global": "thing", "local": "l"},
            "entailed": list(entailed), "equivalent": [],
            "semantic": [{"operation": o, "argument": a, "dependencies": []} for o, a in steps], "semanticStr": "", "annotations": {}}
dump("gqa/data/testdev_balanced_questions.json", {
    "201": gqa("Which side is it on?", "left", "n1", "query", "rel", [("select", "cup (1)"), ("query", "hposition")], ["201", "204"]),
    "202": gqa("What animal is it?", "dog", "n1", "query", "cat", [("select", "animal (2)"), ("query", "name")]),
    "203": gqa("What does he wear?", "t-shirt", "n2", "choose", "obj", [("select", "man (3)"), ("choose name", "t-shirt|coat")]),
    "204": gqa("Is there a cup?", "yes", "n2", "verify", "obj", [("select", "cup (1)"), ("exist", "?")])})
lines("answers", "gqa.jsonl", [answer("201", "Left."), answer("202", "a dog"), answer("203", "T-shirt"), answer("204", "yes!")])
for n, c in (("n1", (10, 20, 30)), ("n2", (200, 20, 30))):
    picture(f"gqa/data/images/{n}.jpg", c)

# VizWiz: ids are positions.
dump("vizwiz/val.json", [
    {"image": "VizWiz_val_00000000.jpg", "question": "what IS this?", "answer_type": "other", "answerable": 1,
     "answers": [{"answer": t, "answer_confidence": "yes"} for t in refs(("unanswerable", 7), ("blue", 3))]},
    {"image": "VizWiz_val_00000001.jpg", "question": "Where am I?", "answer_type": "other", "answerable": 1,
     "answers": [{"answer": t, "answer_confidence": "maybe"} for t in refs(("New York", 10))]}])
lines("answers", "vizwiz.jsonl", [answer(0, "Blue"), answer(1, "new york")])
for i in range(2):
    picture(f"vizwiz/val/VizWiz_val_{i:08d}.jpg", (80 * i, 10, 200))

# ScienceQA: three of four questions have a picture; the last has no answer line.
def science(choices, right, image, hint=""):
    return {"question": "Which one?", "choices": choices, "answer": right, "hint": hint, "image": "image.png" if image else None,
            "task": "closed choice", "grade": "grade2", "subject": "natural science", "topic": "t", "category": "c", "skill": "s",
            "lecture": "", "solution": "", "split": "test"}
problems = {"4": science(["cat", "dog"], 0, True, "Look at it."), "5": science(["cat", "dog"], 1, True),
            "11": science(["ice", "sea", "sun"], 2, False, "It is hot."), "12": science(["up", "down"], 0, True),
            "1": dict(science(["a", "b"], 0, False), split="train")}
dump("scienceqa/problems.json", problems)
dump("scienceqa/pid_splits.json", {"train": ["1"], "val": [], "test": ["4", "5", "11", "12"]})
def science_text(p):
    options = "\n".join(f"{'ABCDE'[i]}. {c}" for i, c in enumerate(p["choices"]))
    return (f"Context: {p['hint']}\n" if p["hint"] else "") + p["question"] + "\n" + options
dump("scienceqa/llava_test_CQM-A.json", [
    dict({"id": i, "conversations": [{"from": "human", "value": ("<image>\n" if p["image"] else "") + science_text(p)},
                                     {"from": "gpt", "value": "ABCDE"[p["answer"]]}]},
         **({"image": f"{i}/image.png"} if p["image"] else {}))
    for i, p in problems.items() if p["split"] == "test"])
stored = lambda i: ("<image>\n" if problems[i]["image"] else "") + science_text(problems[i]) + LETTER
lines("answers", "scienceqa.jsonl", [answer("4", "A", stored("4")), answer("5", "B.", stored("5")),
                                     answer("11", "The answer is C.", stored("11"))])
for i in ("4", "5", "12"):
    picture(f"scienceqa/images/test/{i}/image.png", (int(i), 99, 99))

# TextVQA: two questions about one picture, whose id is the only id of LLaVA's file.
def text_vqa(qid, image, question, answers):
    return {"image_id": image, "question_id": qid, "question": question, "question_tokens": question.lower().split(), "answers": answers,
            "image_classes": ["Sign"], "image_width": 12, "image_height": 8, "flickr_original_url": "", "flickr_300k_url": "", "set_name": "val"}
text_rows = [text_vqa(34602, "0a1b", "What does the Sign say?", refs(("stop", 4), ("halt", 6))),
             text_vqa(34603, "0a1b", "what brand is this?", refs(("coca cola", 2), ("pepsi", 8))),
             text_vqa(34604, "2c3d", "what number is it?", refs(("5", 10)))]
dump("textvqa/TextVQA_0.5.1_val.json", {"dataset_type": "val", "dataset_name": "textvqa", "dataset_version": "0.5.1", "data": text_rows})
text_prompt = lambda row: f"{row['question']}\nReference OCR token: STOP, 5{SHORT}"
lines("data", "textvqa/llava_textvqa_val_v051_ocr.jsonl",
      [{"question_id": r["image_id"], "image": r["image_id"] + ".jpg", "text": text_prompt(r), "category": "default"} for r in text_rows])
lines("answers", "textvqa.jsonl", [answer("0a1b", "the coca-cola", text_prompt(text_rows[1])), answer("0a1b", "STOP", text_prompt(text_rows[0]))])
for n, c in (("0a1b", (250, 0, 0)), ("2c3d", (0, 250, 0))):
    picture(f"textvqa/train_images/{n}.jpg", c)

# POPE: three splits; LLaVA's ids start at 1, 10,000,001 and 20,000,001.
pope = {"random": (10_000_001, [("a dog", "yes"), ("a cat", "no"), ("an imange", "yes")], ["Yes", "No, there is no cat.", "no"]),
        "popular": (20_000_001, [("a dog", "yes"), ("a person", "no")], ["Yes", "Yes"]),
        "adversarial": (1, [("a bowl", "no"), ("a dog", "yes")], ["no", "yes"])}
questions, answers = [], []
for split, (first, rows, said) in pope.items():
    asked = [f"Is there {what} in the image?" for what, _ in rows]
    lines("data", f"pope/coco/coco_pope_{split}.json", [
        {"question_id": k + 1, "image": "COCO_val2014_000000000042.jpg", "text": asked[k], "label": label} for k, (_, label) in enumerate(rows)])
    questions += [{"question_id": first + k, "image": "COCO_val2014_000000000042.jpg", "text": q + SHORT, "category": split} for k, q in enumerate(asked)]
    answers += [answer(first + k, text, asked[k] + SHORT) for k, text in enumerate(said)]
order = lambda row: row["question_id"]
lines("data", "pope/llava_pope_test.jsonl", sorted(questions, key=order))
lines("answers", "pope.jsonl", sorted(answers, key=order))
picture("pope/val2014/COCO_val2014_000000000042.jpg", (42, 158, 90))

# MME: two folders' shapes; one question with two blanks before the request.
mme = {("existence", "000000001.jpg"): [("Is there a cup in this image?", "Yes", "yes"), ("Is there a bus in this image?", "No", "No.")],
       ("existence", "000000002.jpg"): [("Is there a tree in this image? ", "Yes", "No"), ("Is there a cat in this image?", "No", "no")],
       ("OCR", "0001.jpg"): [("Is the word \"SALE\"?", "Yes", "Y"), ("Is the word \"SOLE\"?", "No", "No")],
       ("code_reasoning", "0001.png"): [("Does it print 3?", "Yes", "Yes"), ("Does it print 4?", "No", "No")],
       ("posters", "tt01.jpg"): [("Is this film A?", "Yes", "Yes"), ("Is this film B?", "No", "Perhaps")]}
questions, answers = [], []
for (category, name), rows in mme.items():
    apart = category == "posters"
    text = os.path.splitext(name)[0] + ".txt"
    release = f"MME/MME_Benchmark_release_version/{category}"
    with open(path("data", f"{release}/questions_answers_YN/{text}" if apart else f"{release}/{text}"), "w") as f:
        f.writelines(f"{q} Please answer yes or no.\t{truth}\n" for q, truth, _ in rows)
    picture(f"{release}/images/{name}" if apart else f"{release}/{name}", (len(name), 50, 150))
    for q, _, said in rows:
        qid = f"{category}/images/{name}" if apart else f"{category}/{name}"
        prompt = q.rstrip() + SHORT
        questions.append({"question_id": qid, "image": qid, "text": prompt, "category": category})
        answers.append(answer(qid, said, prompt))
lines("data", "MME/llava_mme.jsonl", questions)
lines("answers", "mme.jsonl", answers)

# MMBench: rotations have index + 1,000,000 k; missing values are empty.
photo = lambda n: base64.b64encode(open(path("data", f"gqa/data/images/{n}.jpg"), "rb").read()).decode()
header = ["index", "question", "hint", "A", "B", "C", "D", "answer", "category", "image", "source", "l2-category", "comment", "split"]
def tsv(name, rows):
    with open(path("data", name), "w", encoding="utf-8", newline="") as f:
        out = csv.writer(f, delimiter="\t", lineterminator="\n")
        out.writerow(header)
        for index, question, hint, options, right, image in rows:
            out.writerow([index, question, hint, *(options + [""] * (4 - len(options))), right, "object_localization", photo(image), "x", "y", "", "dev"])
tsv("mmbench/mmbench_dev_20230712.tsv", [
    (1, 'What is "it"?', "A hint\nof two lines", ["a red cat", "dog", "bird", "fish"], "A", "n1"),
    (2, "Which is it?", "nan", ["cat", "dog"], "B", "n2"),
    (3, "Where is it?", "", ["left", "right", "none"], "A", "n2"),
    (1000001, 'What is "it"?', "A hint\nof two lines", ["fish", "a red cat", "dog", "bird"], "B", "n1"),
    (1000002, "Which is it?", "nan", ["dog", "cat"], "A", "n2")])
lines("answers", "mmbench.jsonl", [answer(1, "A"), answer(2, "It is a dog"), answer(3, "B."), answer(1000001, "(B)"), answer(1000002, "a")])
tsv("mmbench_cn/mmbench_dev_cn_20231003.tsv", [
    (1, "图中是什么？", "", ["猫", "狗"], "B", "n1"), (1000001, "图中是什么？", "", ["狗", "猫"], "A", "n1")])
lines("answers", "mmbench_cn.jsonl", [answer(1, "狗"), answer(1000001, "B")])

# SEED-Bench: image ids are digits as text in the truth and integers in LLaVA's files.
seed = [("101669", "image", 1, "A", "a1"), ("101670", "image", 9, "B", "a2"), ("v12", "video", 10, "C", "b1.webm")]
dump("seed_bench/SEED-Bench.json", {
    "questions": [{"answer": right, "choice_a": "one", "choice_b": "two", "choice_c": "three", "choice_d": "four", "data_id": data,
                   "data_type": kind, "question": "How many?", "question_id": qid, "question_type_id": number,
                   **({"segment": [0, 2.5]} if kind == "video" else {})} for qid, kind, number, right, data in seed],
    "question_type": {"Scene Understanding": 1, "Text Understanding": 9, "Action Recognition": 10}})
def seed_line(qid, kind, data):
    image = f"SEED-Bench-image/{data}" if kind == "image" else f"SEED-Bench-video-image/{qid}.png"
    return {"question_id": int(qid) if qid.isdigit() else qid, "image": image,
            "text": "How many?\nA. one\nB. two\nC. three\nD. four" + LETTER, "category": "1"}
lines("data", "seed_bench/llava-seed-bench.jsonl", [seed_line(qid, kind, data) for qid, kind, _, _, data in seed])
for name in ("SEED-Bench-image/a1.png", "SEED-Bench-image/a2.png", "SEED-Bench-video-image/v12.png"):
    picture("seed_bench/" + name, (1, 2, 3))
for name in ("a1", "a2"):
    os.replace(path("data", f"seed_bench/SEED-Bench-image/{name}.png"), path("data", f"seed_bench/SEED-Bench-image/{name}"))
lines("answers", "seed.jsonl", [answer(101669, "A"), answer(101670, "b")])

# DocVQA, ChartQA
dump("docvqa/val_v1.0.json", {"dataset_name": "SP-DocVQA", "dataset_version": "1.0", "dataset_split": "val", "data": [
    {"questionId": 49153, "question": "What is the name?", "image": "documents/a.png", "docId": 1, "ucsf_document_id": "x",
     "ucsf_document_page_no": "1", "answers": ["University of California", "UC"], "data_split": "val"},
    {"questionId": 49154, "question": "When?", "image": "documents/a.png", "docId": 1, "ucsf_document_id": "x",
     "ucsf_document_page_no": "1", "answers": ["12 March"], "data_split": "val"}]})
picture("docvqa/documents/a.png", (255, 255, 255))
lines("answers", "docvqa.jsonl", [answer(49153, "university of california"), answer(49154, "12  March")])
for name, label in (("human", "10"), ("augmented", "Blue")):
    dump(f"chartqa/test/test_{name}.json", [{"imgname": "c.png", "query": "What value?", "label": label}])
picture("chartqa/test/png/c.png", (0, 0, 255))
lines("answers", "chartqa.jsonl", [answer(0, "10.5"), answer(1, "blue ")])

# Captions: the second set of caption_metric_vectors.json, before tokenisation.
captions = {"391895": ["A red bus.", "a red bus"], "522418": ["People walking down a street.", "A crowd of people."]}
dump("coco_caption/captions_val2014.json", {
    "info": {}, "licenses": [],
    "images": [{"id": int(i), "file_name": f"COCO_val2014_{int(i):012d}.jpg"} for i in captions],
    "annotations": [{"id": k, "image_id": int(i), "caption": c} for i, cs in captions.items() for k, c in enumerate(cs)]})
for i in captions:
    picture(f"coco_caption/val2014/COCO_val2014_{int(i):012d}.jpg", (90, 90, 9))
said = ["A red bus", "people"]
lines("answers", "coco_caption.jsonl", [answer(int(i), text) for i, text in zip(captions, said)])
dump("flickr30k/dataset_flickr30k.json", {"dataset": "flickr30k", "images": [
    {"filename": f"{k}.jpg", "imgid": k, "split": "test" if cs else "train", "sentids": [],
     "sentences": [{"raw": c, "tokens": c.lower().split(), "imgid": k, "sentid": 0} for c in cs]}
    for k, cs in enumerate([*captions.values(), []])]})
for k in range(2):
    picture(f"flickr30k/flickr30k-images/{k}.jpg", (9, 90, 90))
lines("answers", "flickr30k.jsonl", [answer(k, text) for k, text in enumerate(said)])

# MM-Vet, LLaVA-Bench: a judge scores them.
lines("data", "mm-vet/llava-mm-vet.jsonl", [{"question_id": 0, "image": "v1_0.png", "text": "What is x in the equation?", "category": "default"}])
picture("mm-vet/images/v1_0.png", (7, 7, 7))
lines("answers", "mmvet.jsonl", [answer(0, "It is 5.")])
lines("data", "llava-bench-in-the-wild/questions.jsonl", [{"question_id": 0, "image": "001.jpg", "text": "What is the name of the famous sight in the photo?", "category": "conv"}])
picture("llava-bench-in-the-wild/images/001.jpg", (70, 7, 7))
lines("answers", "llavabench.jsonl", [answer(0, "Diamond Head.")])

# Scenes
dump("scenes/questions.json", {"questions": [
    {"question_id": 0, "image_id": 0, "image": "0.png", "question": "Is there a red square?", "family": "pope"},
    {"question_id": 1, "image_id": 0, "image": "0.png", "question": "What number is on the board?", "family": "text"}]})
dump("scenes/annotations.json", {"annotations": [
    {"question_id": 0, "image_id": 0, "multiple_choice_answer": "yes", "answers": [{"answer": "yes"}]},
    {"question_id": 1, "image_id": 0, "multiple_choice_answer": "42", "answers": [{"answer": "42"}]}]})
picture("scenes/images/0.png", (200, 0, 0))
lines("answers", "scenes.jsonl", [answer(0, "yes"), answer(1, "24")])
