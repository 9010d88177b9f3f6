#include "sentencepiece_proto.h"
#include "vlmmedia_text.h"
#include <algorithm>
#include <sentencepiece_processor.h>
#include <stdexcept>

namespace {

using sentencepiece::SentencePieceProcessor;

// The library fixes the dummy prefix when a model is loaded; a prompt needs segments with it and without it.
struct Model {
    std::vector<uint8_t> piece_types;
    SentencePieceProcessor prefixed;
    SentencePieceProcessor bare;
};

const Model &as_model(const void *model) { return *static_cast<const Model *>(model); }

std::string_view view(const uint8_t *bytes, int64_t length) {
    return {reinterpret_cast<const char *>(bytes), static_cast<size_t>(length)};
}

void check(const sentencepiece::util::Status &status) {
    if (!status.ok()) {
        throw std::runtime_error(status.ToString());
    }
}

void check_id(const Model &model, int64_t id) {
    if (id < 0 || id >= model.bare.GetPieceSize()) {
        throw std::out_of_range("piece " + std::to_string(id) + ": expected an id below " +
                                std::to_string(model.bare.GetPieceSize()));
    }
}

} // namespace

VM_EXPORT int vm_sp_load(const uint8_t *bytes, int64_t length, void **model) {
    VM_GUARD(auto loaded = std::make_unique<Model>(); const std::string_view proto = view(bytes, length);
             loaded->piece_types = vlmmedia::piece_types(proto);
             check(loaded->prefixed.LoadFromSerializedProto(vlmmedia::with_prefix(proto, true)));
             check(loaded->bare.LoadFromSerializedProto(vlmmedia::with_prefix(proto, false)));
             *model = loaded.release();)
}

VM_EXPORT void vm_sp_free(void *model) { delete static_cast<Model *>(model); }

VM_EXPORT int vm_sp_size(const void *model, int64_t *size) { VM_GUARD(*size = as_model(model).bare.GetPieceSize();) }

VM_EXPORT int vm_sp_piece(const void *model, int64_t id, const uint8_t **text, int64_t *length, float *score,
                          int64_t *type) {
    VM_GUARD(const Model &m = as_model(model); check_id(m, id);
             const std::string &piece = m.bare.IdToPiece(static_cast<int>(id));
             *text = reinterpret_cast<const uint8_t *>(piece.data()); *length = static_cast<int64_t>(piece.size());
             *score = m.bare.GetScore(static_cast<int>(id)); *type = m.piece_types.at(id);)
}

VM_EXPORT int vm_sp_encode(const void *model, const uint8_t *text, int64_t length, uint8_t prefix, int32_t *ids,
                           int64_t capacity, int64_t *count) {
    VM_GUARD(const Model &m = as_model(model); std::vector<int> encoded;
             check((prefix != 0 ? m.prefixed : m.bare).Encode(view(text, length), &encoded));
             *count = static_cast<int64_t>(encoded.size());
             std::copy_n(encoded.begin(), std::min(*count, capacity), ids);)
}
