// Weights to int8 in groups that share a scale, as in llama.cpp's Q8_0 but with a bfloat16 scale, whose range never
// ends.
#include <algorithm>
#include <cmath>

#include "cpu.h"

namespace vlmtorch {
namespace cpu {
namespace {
// The next bfloat16 that is not smaller.
BFloat16 round_up(float positive) {
    uint32_t bits;
    memcpy(&bits, &positive, sizeof bits);
    return {static_cast<uint16_t>((bits + 0xffff) >> 16)};
}

template <class W> BFloat16 quantize_group(const W *weights, int8_t *values) {
    float largest = 0;
    for (int64_t i = 0; i < kGroup; ++i) {
        largest = std::max(largest, std::fabs(to_float(weights[i])));
    }
    const BFloat16 scale = round_up(largest / 127);
    const float factor = largest > 0 ? 1 / to_float(scale) : 0;
    for (int64_t i = 0; i < kGroup; ++i) {
        values[i] = static_cast<int8_t>(std::nearbyint(to_float(weights[i]) * factor));
    }
    return scale;
}
} // namespace

template <class W> void quantize(const Weights<W> &w, int64_t out, int8_t *values, BFloat16 *scales) {
    for_each_task(out, [&](int64_t row) {
        for (int64_t at = row * w.in; at < (row + 1) * w.in; at += kGroup) {
            scales[at / kGroup] = quantize_group(w.data + at, values + at);
        }
    });
}

template void quantize(const Weights<float> &, int64_t, int8_t *, BFloat16 *);
template void quantize(const Weights<Float16> &, int64_t, int8_t *, BFloat16 *);
template void quantize(const Weights<BFloat16> &, int64_t, int8_t *, BFloat16 *);
} // namespace cpu
} // namespace vlmtorch
