// Picture decoding by libvips: one named loader, sequential rows, single-threaded, no cache. Callers may run in parallel.
#include "guard.h"
#include "image_rows.h"
#include "vlmmedia_image.h"

#include <memory>
#include <mutex>
#include <stdexcept>
#include <vips/vips.h>

struct vm_image {
    VipsImage* pixels;
};

namespace {

// The buffer of libvips is shared by all threads, so under parallel failures the text may name another picture's trouble.
// It is detail only: callers judge by the status.
[[noreturn]] void fail() {
    std::unique_ptr<char, decltype(&g_free)> text(vips_error_buffer_copy(), &g_free);
    std::string message = text && *text ? text.get() : "libvips gave no reason";
    throw std::runtime_error(message.substr(0, message.find('\n')));
}

void ignore_log(const char*, GLogLevelFlags, const char*, void*) {}

void start_vips() {
    if (vips_init("vlmmedia") != 0)
        fail();
    vips_block_untrusted_set(TRUE);
    vips_concurrency_set(1);
    vips_cache_set_max(0);
    // A hostile picture must not fill the log.
    g_log_set_handler("VIPS", static_cast<GLogLevelFlags>(G_LOG_LEVEL_MASK), ignore_log, nullptr);
}

void ensure_started() {
    static std::once_flag once;
    std::call_once(once, start_vips);
}

VipsImage* load(const uint8_t* bytes, int64_t length, int32_t format) {
    void* data = const_cast<uint8_t*>(bytes);
    const auto size = static_cast<size_t>(length);
    VipsImage* image = nullptr;
    int status = -1;
    switch (format) {
    case VM_IMAGE_JPEG: // warnings of libjpeg are passed over, as the reference decoder does
        status = vips_jpegload_buffer(data, size, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                                      VIPS_FAIL_ON_TRUNCATED, nullptr);
        break;
    case VM_IMAGE_PNG:
        status = vips_pngload_buffer(data, size, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                                     VIPS_FAIL_ON_ERROR, nullptr);
        break;
    case VM_IMAGE_WEBP:
        status = vips_webpload_buffer(data, size, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                                      VIPS_FAIL_ON_ERROR, nullptr);
        break;
    case VM_IMAGE_TIFF:
        status = vips_tiffload_buffer(data, size, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                                      VIPS_FAIL_ON_ERROR, nullptr);
        break;
    default:
        throw std::invalid_argument("picture format " + std::to_string(format) + " is not known to the shim");
    }
    if (status != 0)
        fail();
    return image;
}

int orientation_of(VipsImage* image) {
    const int value = vips_image_get_orientation(image);
    return value >= 1 && value <= 8 ? value : 1;
}

int sample_bytes_of(VipsBandFormat format) {
    return format == VIPS_FORMAT_UCHAR ? 1 : format == VIPS_FORMAT_USHORT ? 2 : 0;
}

vm_image_info describe(VipsImage* image) {
    return {vips_image_get_width(image),       vips_image_get_height(image), vips_image_get_bands(image),
            vips_image_get_n_pages(image),     orientation_of(image),
            sample_bytes_of(vips_image_get_format(image))};
}

// Rows come from above to below in strips, in the calling thread.
void read_rows(VipsImage* image, const vlmmedia::RowConverter& convert, uint8_t* rgb) {
    constexpr int strip = 16;
    std::unique_ptr<VipsRegion, decltype(&g_object_unref)> region(vips_region_new(image), &g_object_unref);
    const int width = vips_image_get_width(image), height = vips_image_get_height(image);
    for (int top = 0; top < height; top += strip) {
        VipsRect area{0, top, width, std::min(strip, height - top)};
        if (vips_region_prepare(region.get(), &area) != 0)
            fail();
        for (int y = top; y < top + area.height; y++)
            convert(VIPS_REGION_ADDR(region.get(), 0, y), rgb + static_cast<size_t>(y) * width * 3, width);
    }
}

} // namespace

VM_EXPORT int vm_image_open(const uint8_t* data, int64_t size, int32_t format, vm_image** out, vm_image_info* info) {
    VM_GUARD(ensure_started(); VipsImage* image = load(data, size, format); *info = describe(image);
             *out = new vm_image{image};)
}

VM_EXPORT int vm_image_read_rgb(vm_image* image, int32_t options, uint8_t* rgb, int64_t size) {
    VM_GUARD(const int64_t expected =
                 int64_t{3} * vips_image_get_width(image->pixels) * vips_image_get_height(image->pixels);
             if (size != expected) throw std::invalid_argument("rgb: expected " + std::to_string(expected) +
                                                               " bytes, found " + std::to_string(size));
             read_rows(image->pixels, vlmmedia::row_converter(image->pixels, options), rgb);)
}

VM_EXPORT void vm_image_close(vm_image* image) {
    if (image) {
        g_object_unref(image->pixels);
        delete image;
    }
}
