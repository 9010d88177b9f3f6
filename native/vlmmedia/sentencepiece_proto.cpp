#include "sentencepiece_proto.h"
#include <stdexcept>

namespace vlmmedia {
namespace {

enum WireType : uint32_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

constexpr uint32_t kModelPieces = 1, kModelNormalizer = 3, kModelSelfTest = 4;
constexpr uint32_t kPieceType = 3;
constexpr uint32_t kAddDummyPrefix = 3;

struct Field {
    uint32_t number;
    uint64_t value;         // of a varint
    std::string_view bytes; // of a length-delimited field
    std::string_view whole; // tag included
};

// Walks the fields of one message (https://protobuf.dev/programming-guides/encoding/).
class FieldReader {
  public:
    explicit FieldReader(std::string_view message) : rest_(message) {}

    bool next(Field &field) {
        if (rest_.empty()) {
            return false;
        }
        const std::string_view start = rest_;
        const uint64_t tag = varint();
        field.number = static_cast<uint32_t>(tag >> 3);
        field.value = 0;
        field.bytes = {};
        switch (tag & 7) {
        case kVarint:
            field.value = varint();
            break;
        case kFixed64:
            field.bytes = take(8);
            break;
        case kBytes:
            field.bytes = take(varint());
            break;
        case kFixed32:
            field.bytes = take(4);
            break;
        default:
            throw std::runtime_error("not a SentencePiece model: unknown protobuf wire type");
        }
        field.whole = start.substr(0, start.size() - rest_.size());
        return true;
    }

  private:
    uint64_t varint() {
        uint64_t value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            const auto byte = static_cast<uint8_t>(take(1)[0]);
            value |= static_cast<uint64_t>(byte & 0x7f) << shift;
            if (byte < 0x80) {
                return value;
            }
        }
        throw std::runtime_error("not a SentencePiece model: number of more than 64 bits");
    }

    std::string_view take(uint64_t count) {
        if (count > rest_.size()) {
            throw std::runtime_error("not a SentencePiece model: the file ends inside a field");
        }
        const std::string_view taken = rest_.substr(0, count);
        rest_.remove_prefix(count);
        return taken;
    }

    std::string_view rest_;
};

uint8_t type_of(std::string_view piece) {
    uint8_t type = kNormal;
    Field field;
    for (FieldReader reader(piece); reader.next(field);) {
        if (field.number == kPieceType) {
            type = static_cast<uint8_t>(field.value);
        }
    }
    return type;
}

void append_varint(std::string &out, uint64_t value) {
    for (; value >= 0x80; value >>= 7) {
        out.push_back(static_cast<char>(value | 0x80));
    }
    out.push_back(static_cast<char>(value));
}

// A later value of a scalar field wins, so what is appended here overrides what stands before.
void append_message(std::string &out, uint32_t number, std::string_view message, uint32_t field, uint8_t value) {
    append_varint(out, number << 3 | kBytes);
    append_varint(out, message.size() + 2);
    out.append(message);
    append_varint(out, field << 3 | kVarint);
    out.push_back(static_cast<char>(value));
}

} // namespace

std::vector<uint8_t> piece_types(std::string_view model) {
    std::vector<uint8_t> types;
    Field field;
    for (FieldReader reader(model); reader.next(field);) {
        if (field.number == kModelPieces) {
            types.push_back(type_of(field.bytes));
        }
    }
    return types;
}

std::string with_prefix(std::string_view model, bool add_dummy_prefix) {
    std::string out;
    out.reserve(model.size() + 64);
    Field field;
    for (FieldReader reader(model); reader.next(field);) {
        if (field.number == kModelPieces && type_of(field.bytes) == kUserDefined) {
            append_message(out, kModelPieces, field.bytes, kPieceType, kControl);
        } else if (field.number != kModelSelfTest) {
            out.append(field.whole);
        }
    }
    // Two occurrences of a message field merge, so this changes the one switch and nothing else.
    append_message(out, kModelNormalizer, {}, kAddDummyPrefix, add_dummy_prefix ? 1 : 0);
    return out;
}

} // namespace vlmmedia
