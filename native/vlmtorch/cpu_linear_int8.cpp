// Products with int8 weights, in integers: rows are rounded to 16 bits per block of 64 inputs (off by at most 2^-16 of
// the block's largest magnitude), products of 32 inputs that share a scale are summed exactly, and only these sums are
// scaled and added in float32. A lane of weights meets 4 inputs for one conversion, where float32 needs one for each.
// Order of summation for any number of rows: within kPart inputs a lane adds block after block, the lanes are added
// pairwise, then such parts one after another, then the bias.
#include <cmath>
#include <limits>

#include "cpu_linear.h"
#include "scratch.h"

namespace vlmtorch {
namespace cpu {
namespace {
constexpr int64_t kBlock = 64;   // inputs: a cache line of weights, two groups
constexpr int64_t kPart = 2048;  // inputs of a tile that stay in the first cache
constexpr int64_t kPad = kBlock; // keeps rows off the same lines of the first cache
constexpr int32_t kDeep = 60;    // powers of two between the largest block of a row and the smallest that is told apart

// Rows as integers: x = value * 2^exponent * factor. A block lies as inputs 0-15, 32-47, 16-31, 48-63, so that the
// front half of a vector holds one group of weights and the back half the other.
struct Rounded {
    int64_t blocks;     // per row
    int16_t *values;    // [rows][stride]
    int32_t *exponents; // [rows][blocks], where a float has its exponent
    float *factors;     // [rows]; not a number where the row is not finite

    int64_t stride() const { return blocks * kBlock + kPad; }
};

int32_t bits_of(float x) {
    int32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

struct Round {
    const float *x; // one row
    int64_t in;
    int16_t *values;
    int32_t *exponents;
    float *factor;

    template <Simd L> VT_INLINE void run() const {
        int32_t top = 0;
        for (int64_t at = 0, block = 0; at < in; at += kBlock, ++block) {
            exponents[block] = bits_of(largest(at)) >> 23;
            top = std::max(top, exponents[block]);
        }
        const int32_t bottom = std::max(top - kDeep, 15);
        for (int64_t at = 0, block = 0; at < in; at += kBlock, ++block) {
            const int32_t exponent = std::max(exponents[block], bottom);
            round(at, exponent, values + at);
            exponents[block] = (exponent - bottom) << 23;
        }
        *factor = top == 255 ? std::numeric_limits<float>::quiet_NaN() : std::ldexp(1.0f, bottom - 141);
    }

    // A block of the row, zeros behind its last input.
    VT_INLINE const float *read(int64_t at, float (&rest)[kBlock]) const {
        if (at + kBlock <= in) {
            return x + at;
        }
        memset(rest, 0, sizeof rest);
        memcpy(rest, x + at, static_cast<size_t>(in - at) * sizeof(float));
        return rest;
    }

    // Largest magnitude of a block; infinite where one is not a number.
    VT_INLINE float largest(int64_t at) const {
        float rest[kBlock];
        const float *inputs = read(at, rest);
        int32_t highest = 0;
        for (int64_t i = 0; i < kBlock; ++i) {
            highest = std::max(highest, bits_of(inputs[i]) & 0x7fffffff); // magnitudes compare as integers
        }
        const int32_t bounded = std::min(highest, 0x7f800000);
        float value;
        memcpy(&value, &bounded, sizeof value);
        return value;
    }

    // Inputs below 2^(exponent - 126) to integers below 2^15.
    VT_INLINE void round(int64_t at, int32_t exponent, int16_t *to) const {
        constexpr float shift = 12582912.0f; // 1.5 * 2^23: adding it rounds to an integer
        const int32_t power = (268 - exponent) << 23;
        float scale;
        memcpy(&scale, &power, sizeof scale);
        float rest[kBlock];
        const float *inputs = read(at, rest);
        for (int64_t quarter = 0; quarter < 4; ++quarter) {
            int16_t *place = to + quarter % 2 * 32 + quarter / 2 * 16;
            for (int64_t i = 0; i < 16; ++i) {
                const int32_t whole = bits_of(inputs[16 * quarter + i] * scale + shift) - 0x4B400000;
                place[i] = static_cast<int16_t>(std::min(whole, 32767));
            }
        }
    }
};

// A register of shorts, two of which hold half a block each: of an output's weights in the order of Rounded, or of a
// row.
template <Simd L> struct Pair {
    typedef typename Register<L, int16_t>::type Shorts;
    static constexpr int64_t count = Register<L, int16_t>::count;
    static constexpr int64_t registers = kBlock / 2 / count; // of half a block
    Shorts front, back;

    VT_INLINE void load(const int16_t *values, int64_t part) {
        memcpy(&front, values + part * count, sizeof front);
        memcpy(&back, values + kBlock / 2 + part * count, sizeof back);
    }

    VT_INLINE void load(const int8_t *data, int64_t part) {
        const int64_t first = part * count < 16 ? part * count : part * count + 16;
        front = widen(data + first);
        back = widen(data + 16 + first);
    }

  private:
    static VT_INLINE Shorts widen(const int8_t *data) {
        Shorts value; // asm writes to a member or an element through memory
        if constexpr (L == Simd::Plain) {
            for (int i = 0; i < count; ++i) {
                value[i] = data[i];
            }
        } else {
            const auto &low = *reinterpret_cast<const Elements<int8_t, 16> *>(data);
            if constexpr (L == Simd::Avx2) {
                asm("vpmovsxbw %1, %0" : "=x"(value) : "m"(low));
            } else {
                const auto &high = *reinterpret_cast<const Elements<int8_t, 16> *>(data + 32);
                typename Register<Simd::Avx2, int8_t>::type bytes;
                asm("vmovdqu %1, %x0\n\tvinserti128 $1, %2, %0, %0" : "=x"(bytes) : "m"(low), "m"(high));
                asm("vpmovsxbw %1, %0" : "=v"(value) : "x"(bytes));
            }
        }
        return value;
    }
};

// Lane l: a[2 l] b[2 l] + a[2 l + 1] b[2 l + 1].
template <Simd L>
VT_INLINE typename Register<L, int32_t>::type pair_products(const typename Pair<L>::Shorts &a,
                                                            const typename Pair<L>::Shorts &b) {
    typename Register<L, int32_t>::type out;
    if constexpr (L == Simd::Plain) {
        for (int i = 0; i < Register<L, int32_t>::count; ++i) {
            out[i] = a[2 * i] * b[2 * i] + a[2 * i + 1] * b[2 * i + 1];
        }
    } else {
        asm("vpmaddwd %2, %1, %0" : "=v"(out) : "v"(a), "v"(b));
    }
    return out;
}

// Bits of the scales that the lanes of a part meet: those of a block's two groups.
template <Simd L> VT_INLINE typename Register<L, int32_t>::type scales_of(const BFloat16 *scales, int64_t part) {
    typedef typename Register<L, int32_t>::type Bits;
    if constexpr (L == Simd::Avx512) {
        int32_t both;
        memcpy(&both, scales, sizeof both);
        const Bits left{16, 16, 16, 16, 16, 16, 16, 16, 0, 0, 0, 0, 0, 0, 0, 0};
        return (both - Bits{}) << left & -65536;
    } else {
        return (scales[2 * part / Pair<L>::registers].bits << 16) - Bits{};
    }
}

// Running sums of a tile, in fours.
template <int R, int O> constexpr int kSums = (R * O + 3) / 4 * 4;

// All rows with outputs begin .. end - 1.
struct Multiply {
    const Rounded &x;
    int64_t rows;
    const Product<float, int8_t> &p;
    int64_t begin, end;

    template <Simd L> VT_INLINE void run() const {
        constexpr int most = L == Simd::Avx512 ? 8 : 2;
        const int64_t tiles = (rows + most - 1) / most;
        const int64_t step = tiles == 1 ? p.w.in : kPart; // a tile alone reads its weights from end to end
        for (int64_t at = 0; at < p.w.in; at += step) {
            for (int64_t tile = 0; tile < tiles; ++tile) {
                const int64_t row = rows * tile / tiles;
                run_rows<L, most>(row, rows * (tile + 1) / tiles - row, at, std::min(at + step, p.w.in));
            }
        }
    }

    template <Simd L, int R> VT_INLINE void run_rows(int64_t row, int64_t count, int64_t from, int64_t until) const {
        constexpr int outputs = R > 4 || L != Simd::Avx512 ? 2 : 4; // as many running sums as the registers hold
        if (count == R) {
            for (int64_t output = begin; output < end; output += outputs) {
                for (int64_t at = from; at < until; at += kPart) {
                    run_tile<L, R, outputs>(row, output, at, std::min(kPart, p.w.in - at));
                }
            }
        } else if constexpr (R > 1) {
            run_rows<L, R - 1>(row, count, from, until);
        }
    }

    // Inputs at .. at + depth - 1. Outputs behind the last one are the last one again, and not stored.
    template <Simd L, int R, int O>
    VT_INLINE void run_tile(int64_t row, int64_t output, int64_t at, int64_t depth) const {
        Wide<L, float> total[kSums<R, O>] = {};
        const int8_t *data[O];
        const BFloat16 *scales[O];
        for (int o = 0; o < O; ++o) {
            const int64_t first = std::min(output + o, p.out - 1) * p.w.in + at;
            data[o] = p.w.data + first;
            scales[o] = p.w.scales + first / kGroup;
        }
        int64_t done = 0;
        for (; done + kBlock <= depth; done += kBlock) {
            add<L, R, O, false>(row, at, done, data, scales, total);
        }
        if (done < depth) {
            add<L, R, O, true>(row, at, done, data, scales, total);
        }
        float sums[kSums<R, O>];
#pragma GCC unroll 4
        for (int n = 0; n < kSums<R, O>; n += 4) {
            Floats four[4];
            memcpy(four, total + n, sizeof four);
            const Fours<float> summed = sum_four(four);
            memcpy(sums + n, &summed, sizeof summed);
        }
        for (int r = 0; r < R; ++r) {
            for (int o = 0; o < O && output + o < end; ++o) {
                put(row + r, output + o, at, sums[r * O + o]);
            }
        }
    }

    template <Simd L, int R, int O, bool IsHalf>
    VT_INLINE void add(int64_t row, int64_t at, int64_t done, const int8_t *const (&data)[O],
                       const BFloat16 *const (&scales)[O], Wide<L, float> (&total)[kSums<R, O>]) const {
        typedef typename Register<L, float>::type Part;
        for (int o = 0; o < O; ++o) {
            __builtin_prefetch(data[o] + O * p.w.in + done, 0, 2); // the hardware's own ends with the page
        }
#pragma GCC unroll 4
        for (int64_t part = 0; part < Pair<L>::registers; ++part) {
            Pair<L> weights[O];
            typename Register<L, int32_t>::type groups[O];
#pragma GCC unroll 4
            for (int o = 0; o < O; ++o) {
                load<L, IsHalf>(data[o] + done, scales[o] + done / kGroup, part, weights[o], groups[o]);
            }
#pragma GCC unroll 8
            for (int r = 0; r < R; ++r) {
                Pair<L> values;
                values.load(x.values + (row + r) * x.stride() + at + done, part);
                const int32_t exponent = x.exponents[(row + r) * x.blocks + (at + done) / kBlock];
#pragma GCC unroll 4
                for (int o = 0; o < O; ++o) {
                    const auto sums = pair_products<L>(weights[o].front, values.front) +
                                      pair_products<L>(weights[o].back, values.back);
                    const auto bits = groups[o] + exponent; // times a power of two
                    Part scale;
                    memcpy(&scale, &bits, sizeof scale);
                    total[r * O + o].parts[part] += __builtin_convertvector(sums, Part) * scale;
                }
            }
        }
    }

    // IsHalf: the last group, where there is no second one, meets zeros.
    template <Simd L, bool IsHalf>
    static VT_INLINE void load(const int8_t *data, const BFloat16 *scales, int64_t part, Pair<L> &weights,
                               typename Register<L, int32_t>::type &groups) {
        if constexpr (IsHalf) {
            int8_t rest[kBlock] = {};
            memcpy(rest, data, kGroup);
            const BFloat16 both[2] = {*scales, *scales};
            weights.load(rest, part);
            groups = scales_of<L>(both, part);
        } else {
            weights.load(data, part);
            groups = scales_of<L>(scales, part);
        }
    }

    VT_INLINE void put(int64_t row, int64_t output, int64_t at, float sum) const {
        float &y = p.y[row * p.out + output];
        y = at == 0 ? sum * x.factors[row] : y + sum * x.factors[row];
        if (at + kPart >= p.w.in && p.bias != nullptr) {
            y += p.bias[output];
        }
    }
};

// In scratch memory of the calling thread, to be read by all.
Rounded round_rows(const float *x, int64_t rows, int64_t in) {
    thread_local Scratch values, exponents, factors;
    Rounded rounded{(in + kBlock - 1) / kBlock, nullptr, nullptr, nullptr};
    rounded.values = values.get<int16_t>(rows * rounded.stride());
    rounded.exponents = exponents.get<int32_t>(rows * rounded.blocks);
    rounded.factors = factors.get<float>(rows);
    const auto round = [&](int64_t row) {
        run_simd(Round{x + row * in, in, rounded.values + row * rounded.stride(),
                       rounded.exponents + row * rounded.blocks, rounded.factors + row});
    };
    if (rows >= 64) {
        for_each_task(rows, round);
        return rounded;
    }
    for (int64_t row = 0; row < rows; ++row) { // not worth waking a thread
        round(row);
    }
    return rounded;
}
} // namespace

template <> void linear(const float *x, int64_t rows, const std::vector<Product<float, int8_t>> &products) {
    const Rounded rounded = round_rows(x, rows, products[0].w.in);
    for_each_piece(rows, products, [&](const Product<float, int8_t> &product, int64_t begin, int64_t end) {
        run_simd(Multiply{rounded, rows, product, begin, end});
    });
}
} // namespace cpu
} // namespace vlmtorch
