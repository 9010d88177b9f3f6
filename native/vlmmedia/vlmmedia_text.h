// SentencePiece behind a C ABI. Status 0 is success; else vm_last_error() has the text. Text is UTF-8 with a length.
#pragma once
#include "guard.h"
#include <cstdint>

// Loads a serialised ModelProto (the content of tokenizer.model); the bytes are copied.
VM_EXPORT int vm_sp_load(const uint8_t *bytes, int64_t length, void **model);
VM_EXPORT void vm_sp_free(void *model);

// Number of pieces.
VM_EXPORT int vm_sp_size(const void *model, int64_t *size);

// Text (owned by the model), score and type (as in sentencepiece_model.proto, 1 normal .. 6 byte) of a piece.
VM_EXPORT int vm_sp_piece(const void *model, int64_t id, const uint8_t **text, int64_t *length, float *score,
                          int64_t *type);

// Ids of a text with (prefix != 0) or without the dummy prefix mark. Never the id of a control or user-defined symbol:
// their names are ordinary characters here. Writes at most capacity ids; count is how many there are.
VM_EXPORT int vm_sp_encode(const void *model, const uint8_t *text, int64_t length, uint8_t prefix, int32_t *ids,
                           int64_t capacity, int64_t *count);
