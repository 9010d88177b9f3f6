#include "image_rows.h"
#include "vlmmedia_image.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>

namespace vlmmedia {
namespace {

// a * b / 255, rounded: exact for bytes.
uint8_t scale(int a, int b) {
    const int product = a * b + 128;
    return static_cast<uint8_t>(((product >> 8) + product) >> 8);
}

template <typename T> uint8_t clip(T value) {
    return value > 0 ? static_cast<uint8_t>(std::min<double>(static_cast<double>(value), 255)) : 0; // NaN becomes 0
}

template <typename T> uint8_t high_byte(T value) { return static_cast<uint8_t>(value >> (8 * sizeof(T) - 8)); }

template <typename T, uint8_t (*Byte)(T)> RowConverter grey(int bands) {
    return [bands](const void* row, uint8_t* rgb, int width) {
        const T* in = static_cast<const T*>(row);
        for (int x = 0; x < width; x++, in += bands, rgb += 3)
            rgb[0] = rgb[1] = rgb[2] = Byte(*in);
    };
}

template <typename T, uint8_t (*Byte)(T)> RowConverter colour(int bands) {
    return [bands](const void* row, uint8_t* rgb, int width) {
        const T* in = static_cast<const T*>(row);
        for (int x = 0; x < width; x++, in += bands, rgb += 3)
            for (int c = 0; c < 3; c++)
                rgb[c] = Byte(in[c]);
    };
}

// libvips has divided by alpha in float and cut the fraction: where 255 * x / alpha is a whole number it can be one too
// low. The next whole number g + 1 belongs to a stored byte exactly if (g + 1) * alpha is a multiple of 255, and then no
// other byte gives g, so the reference's integer division is recovered.
RowConverter divided(int bands) {
    return [bands](const void* row, uint8_t* rgb, int width) {
        const uint8_t* in = static_cast<const uint8_t*>(row);
        for (int x = 0; x < width; x++, in += bands, rgb += 3) {
            const int alpha = in[3];
            for (int c = 0; c < 3; c++) {
                const bool is_low = alpha > 0 && alpha < 255 && in[c] < 255 && (in[c] + 1) * alpha % 255 == 0;
                rgb[c] = static_cast<uint8_t>(in[c] + is_low);
            }
        }
    };
}

template <typename T> RowConverter ink(int bands) {
    return [bands](const void* row, uint8_t* rgb, int width) {
        const T* in = static_cast<const T*>(row);
        for (int x = 0; x < width; x++, in += bands, rgb += 3) {
            const int paper = 255 - high_byte(in[3]);
            for (int c = 0; c < 3; c++)
                rgb[c] = static_cast<uint8_t>(paper - scale(high_byte(in[c]), paper));
        }
    };
}

template <typename T> RowConverter integers(VipsImage* image, int32_t options) {
    const int bands = vips_image_get_bands(image);
    const bool cmyk = vips_image_get_interpretation(image) == VIPS_INTERPRETATION_CMYK;
    if (cmyk && bands >= 4)
        return ink<T>(bands);
    if (bands < 3)
        return options & VM_IMAGE_CLIP_WIDE ? grey<T, clip<T>>(bands) : grey<T, high_byte<T>>(bands);
    if (sizeof(T) == 1 && bands >= 4 && options & VM_IMAGE_ASSOCIATED_ALPHA)
        return divided(bands);
    if (sizeof(T) == 1 && bands == 3)
        return [](const void* row, uint8_t* rgb, int width) { std::memcpy(rgb, row, static_cast<size_t>(width) * 3); };
    return colour<T, high_byte<T>>(bands);
}

template <typename T> RowConverter measurements(int bands) {
    if (bands > 2)
        throw std::runtime_error("colour samples are neither 8-bit nor 16-bit unsigned integers");
    return grey<T, clip<T>>(bands);
}

} // namespace

RowConverter row_converter(VipsImage* image, int32_t options) {
    const int bands = vips_image_get_bands(image);
    if (vips_image_get_interpretation(image) == VIPS_INTERPRETATION_LAB)
        throw std::runtime_error("CIELAB colours have no conversion to RGB here");
    switch (vips_image_get_format(image)) {
    case VIPS_FORMAT_UCHAR:
        return integers<uint8_t>(image, options);
    case VIPS_FORMAT_USHORT:
        return integers<uint16_t>(image, options);
    case VIPS_FORMAT_CHAR:
        return measurements<int8_t>(bands);
    case VIPS_FORMAT_SHORT:
        return measurements<int16_t>(bands);
    case VIPS_FORMAT_UINT:
        return measurements<uint32_t>(bands);
    case VIPS_FORMAT_INT:
        return measurements<int32_t>(bands);
    case VIPS_FORMAT_FLOAT:
        return measurements<float>(bands);
    case VIPS_FORMAT_DOUBLE:
        return measurements<double>(bands);
    default:
        throw std::runtime_error("sample type is not a real number");
    }
}

} // namespace vlmmedia
