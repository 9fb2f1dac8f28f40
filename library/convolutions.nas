nas 1

// Convolutions with what stands around them. In the spaces of cells it is ReLU, convolution, batch normalisation, in
// this order; elsewhere the ReLU comes last.

/// ReLU, convolution, batch normalisation (Zoph et al. 2018; `nor_conv` of Dong & Yang 2020).
motif relu_conv(x; c, k, stride = 1, dilation = 1) {
  x |> relu |> conv(c, k, stride, dilation: dilation) |> batch_norm
}

/// Convolution, batch normalisation, ReLU (Ioffe & Szegedy 2015).
motif conv_bn_relu(x; c, k, stride = 1) = x |> conv(c, k, stride) |> batch_norm |> relu

/// Convolution, batch normalisation, ReLU up to 6 (Sandler et al. 2018).
motif conv_bn_relu6(x; c, k, stride = 1) = x |> conv(c, k, stride) |> batch_norm |> relu6

/// Depthwise convolution, batch normalisation, ReLU (Liu et al. 2018, hierarchical representations).
motif depthwise_bn_relu(x; k, stride = 1) = x |> depthwise(k, stride) |> batch_norm |> relu

/// Depthwise and 1x1 convolution, batch normalisation, ReLU (Chollet 2017; Pham et al. 2018).
motif sep_conv_bn_relu(x; c, k, stride = 1) = x |> depthwise(k, stride) |> conv(c, 1) |> batch_norm |> relu

/// A separable convolution applied twice, as in NASNet and DARTS (Zoph et al. 2018; Liu et al. 2019): ReLU, depthwise,
/// 1x1, batch normalisation; the stride is that of the first, the width that of the second.
motif sep_conv(x; c, k, stride = 1) {
  let once = x |> relu |> depthwise(k, stride) |> conv(channels(x), 1) |> batch_norm
  once |> relu |> depthwise(k) |> conv(c, 1) |> batch_norm
}

/// Two separable convolutions in a row, each with batch normalisation and ReLU in front of it (Bender et al. 2018).
motif sep_pair(x; c, k, stride = 1) {
  let once = x |> batch_norm |> relu |> depthwise(k, stride) |> conv(c, 1)
  once |> batch_norm |> relu |> depthwise(k) |> conv(c, 1)
}

/// A separable convolution whose taps stand two pixels apart (Liu et al. 2019).
motif dil_conv(x; c, k, stride = 1) {
  x |> relu |> depthwise(k, stride, dilation: 2) |> conv(c, 1) |> batch_norm
}

/// ReLU, 1 x k and k x 1 convolution, batch normalisation (Zoph et al. 2018); each has the stride along its own axis.
motif conv_pair(x; c, k, stride = 1) {
  x |> relu |> conv(c, (1, k), (1, stride)) |> conv(c, (k, 1), (stride, 1)) |> batch_norm
}

/// An inverted bottleneck (Sandler et al. 2018): widened `e` times by a 1x1 convolution unless `e` is 1, a depthwise
/// convolution, and a 1x1 convolution to `c` channels without an activation. The skip around it is the space's.
motif mbconv(x; c, k = 3, e = 6, stride = 1) {
  let wide = if e == 1 then x else x |> conv_bn_relu6(e * channels(x), 1)
  wide |> depthwise(k, stride) |> batch_norm |> relu6 |> conv(c, 1) |> batch_norm
}
