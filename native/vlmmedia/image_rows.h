// Stored samples to RGB bytes, one row at a time.
#pragma once
#include <cstdint>
#include <functional>
#include <vips/vips.h>

namespace vlmmedia {

// (stored samples, RGB out, pixels in the row)
using RowConverter = std::function<void(const void*, uint8_t*, int)>;

// Grey is replicated, alpha dropped, CMYK becomes (255-K) - (255-K)*C/255; throws where no rule exists.
RowConverter row_converter(VipsImage* image, int32_t options);

} // namespace vlmmedia
