// The few things of a serialised ModelProto that the public header of SentencePiece does not reach.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vlmmedia {

// Field numbers and values: sentencepiece_model.proto of google/sentencepiece.
enum PieceType : uint8_t { kNormal = 1, kUnknown = 2, kControl = 3, kUserDefined = 4, kUnused = 5, kByte = 6 };

// Type of every piece. Throws std::runtime_error when the bytes are no protobuf message.
std::vector<uint8_t> piece_types(std::string_view model);

// The same model with the dummy prefix switched, user-defined symbols turned into control symbols (so that no text
// matches them) and without its self-test samples (they assume the original settings).
std::string with_prefix(std::string_view model, bool add_dummy_prefix);

} // namespace vlmmedia
