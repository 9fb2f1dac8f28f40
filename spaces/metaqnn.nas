nas 1

/// The layers that MetaQNN picks one by one (Baker, Gupta, Naik & Raskar 2017, section 4): convolutions, pools after a
/// convolution, up to two fully connected layers of which the second is no wider, global pooling, the end. What may
/// follow depends on the layers left, on the layer before and on the size of the image: the arguments of `grow` and
/// height(x) are the state of the Markov decision process. On images of 32 x 32 there are 1,820,974,562 networks of at
/// most eight layers. (The paper's eighteen layers, 370,722,675,395,179,569,122 networks, take more steps than the compiler
/// allows itself; eleven do not. Dropout after every second layer belongs to how networks are trained.)
space metaqnn(classes = 10, size = 32, colors = 3, layers = 8) {
  input x: image[size, size, colors]
  output ((x, false, true) |> for i in 0..layers { grow(layers - i, classes) })[0]
}

/// One step: a state is the network so far, whether its last layer is a convolution, and whether it goes on.
motif grow(state; left, classes) {
  let (x, after_conv, open) = state
  if not open then state else choose layer {
    conv when left > 0 and height(x) > 1: {
      let y = x |> conv(choose f {64, 128, 256, 512}, choose k {1, 3 when height(x) > 3, 5 when height(x) > 5}) |> relu
      (y, true, true)
    }
    pool when left > 0 and after_conv and height(x) > 2: {
      let y = x |> choose window { k5 when height(x) > 5: pool(5, 3), k3 when height(x) > 3: pool(3, 2), k2: pool(2, 2) }
      (y, false, true)
    }
    fc when left > 0 and height(x) <= 7: (x |> flatten |> connect(left - 1) |> dense(classes), false, false)
    gap when left > 0: (x |> global_avg_pool |> dense(classes), false, false)
    end: (x |> flatten |> dense(classes), false, false)
  }
}

/// A fully connected layer, and perhaps a second that is no wider.
motif connect(x; left, fcs = 1, most = 512) {
  let units = choose {512 when most >= 512, 256 when most >= 256, 128}
  x |> dense(units) |> relu
    |> choose next { fc when left > 0 and fcs < 2: connect(left - 1, fcs + 1, units), end: identity }
}

motif pool(x; k, stride) = x |> max_pool(k, stride, padding: valid)
